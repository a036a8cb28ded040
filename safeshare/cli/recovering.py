"""The recovery ceremony: what officers do together on the server.

Codes are typed unseen and never echoed. Nothing of what a case says is ever printed: officers open
the way for people who may read it, and do not read it themselves.
"""

import sys
from collections.abc import Iterable, Sequence
from uuid import UUID

import click

from safeshare import wiring
from safeshare.casework.rules import RecoveryPurpose
from safeshare.casework.service.recovering import (
    GiveAbandoned,
    GiveCase,
    check_purpose,
    give_abandoned,
    give_case,
)
from safeshare.cli.old_keys import bring_over, say_old_keys
from safeshare.concerns.service.moving import MoveOn, move_cases
from safeshare.concerns.service.resealing import (
    ResealOn,
    count_out_of_date,
    reseal_next,
)
from safeshare.kernel.actors import Officers, Operator
from safeshare.kernel.errors import SafeShareError
from safeshare.people.service.officers import (
    MeetOfficers,
    Met,
    RecoveryShown,
    list_recovery,
    meet_officers,
)
from safeshare.people.service.recovery import (
    DrawnRecovery,
    InitRecovery,
    OfficerCode,
    begin_renewal,
    draw_recovery,
    end_renewal,
    keep_recovery,
)
from safeshare.wiring import System

FEWEST_OFFICERS = 2


class CeremonyRefusedError(SafeShareError):
    """The officers could not come together."""


@click.group()
def recovery() -> None:
    """The recovery key, without which a case is lost when all its holders are."""


@recovery.command("init")
@click.option("--officer", "officers", multiple=True, required=True, help="Name; repeat for each.")
@click.option("--threshold", default=2, show_default=True, help="How many must come together.")
def recovery_init(officers: tuple[str, ...], threshold: int) -> None:
    """Make the recovery key and print each officer's code, once."""
    _insist_on_fitting(officers, threshold)
    system = _system()
    drawn = system.gate.run(draw_recovery, Operator(), InitRecovery(officers, threshold))
    _hand_out(drawn.codes, threshold)
    system.gate.run(keep_recovery, Operator(), drawn)
    click.echo("Recovery is set up. New cases can be opened with these codes from now on.")


@recovery.command("status")
def recovery_status() -> None:
    """Say which recovery keys there are, and whether a renewal is due or unfinished."""
    keys = _system().gate.run(list_recovery, Operator(), None)
    if not keys:
        raise CeremonyRefusedError("Recovery is not set up: safeshare recovery init.")
    for key in keys:
        names = ", ".join(name for _id, name in key.officers)
        use = "in use" if key.is_current else "being replaced"
        click.echo(f"Key {key.number}, {use}: {key.together} of {names}.")
        if not key.is_signed:
            click.echo("  Its records are NOT as they were signed. Find out who changed them.")
        if key.is_used or not key.is_current:
            click.echo("  Renew it now: safeshare recovery renew.")


@recovery.command("open")
@click.argument("reference")
@click.option("--to", "people", multiple=True, required=True, help="Sign-in name; may be repeated.")
@click.option(
    "--purpose",
    type=click.Choice([one.value for one in RecoveryPurpose]),
    required=True,
    help="What it truly is for; the ledger and the reporter's access history show it.",
)
@click.option("--identity", is_flag=True, help="Give the key to who the reporter is as well.")
@click.option("--reason", prompt="Why (the reporter will read this, so name nobody)")
def recovery_open(
    reference: str, people: tuple[str, ...], purpose: str, identity: bool, reason: str
) -> None:
    """Give one case to people who may have it. Shows nothing of it."""
    system = _system()
    command = GiveCase(reference, people, RecoveryPurpose(purpose), reason, with_identity=identity)
    key = _key_in_use(system)
    system.gate.run(check_purpose, Operator(), command)
    officers = _meet(system, key)
    try:
        system.gate.run(give_case, officers, command)
        click.echo(f"{', '.join(people)}: may open {reference} after the page on ties.")
    finally:
        _renew(system, key, officers, None)


@recovery.command("regrant")
@click.option("--reason", prompt="Why (reporters will read this, so name nobody)")
def recovery_regrant(reason: str) -> None:
    """Give every case that nobody can open to eligible people, chosen as for a new concern."""
    system = _system()
    key = _key_in_use(system)
    officers = _meet(system, key)
    try:
        _give_all(system, officers, reason)
    finally:
        _renew(system, key, officers, None)


@recovery.command("renew")
@click.option("--officer", "names", multiple=True, help="Name; only where officers change.")
@click.option("--threshold", type=int, help="Only where it changes.")
def recovery_renew(names: tuple[str, ...], threshold: int | None) -> None:
    """Make a new recovery key and new codes, or finish a renewal that was stopped half-way."""
    system = _system()
    key = _oldest_key(system)
    together = threshold or key.together
    wanted = InitRecovery(names or _names(key), together)
    _insist_on_fitting(wanted.officers, together)
    officers = _meet(system, key)
    _renew(system, key, officers, wanted)


@click.command()
@click.option("--count", is_flag=True, help="Only say how much there is to do.")
def reseal(count: bool) -> None:
    """Seal anew what is not in the suites of SAFESHARE_CONTENT_SUITE and SAFESHARE_KEY_SUITE.

    Cases that their holders open are taken over then and there. The rest takes the officers.
    """
    system = _system()
    left = system.gate.run(count_out_of_date, Operator(), None)
    click.echo(f"Cases to be sealed anew: {left}.")
    say_old_keys(system)
    if count:
        return
    bring_over(system)
    if not left:
        return
    key = _key_in_use(system)
    officers = _meet(system, key)
    try:
        _reseal_all(system, officers)
    finally:
        _renew(system, key, officers, None)


def _system() -> System:
    settings = wiring.read_settings()
    wiring.protect_memory()
    return wiring.build(settings)


def _insist_on_fitting(officers: Sequence[str], threshold: int) -> None:
    if not FEWEST_OFFICERS <= threshold <= len(set(officers)):
        raise click.BadParameter("give at least as many different officers as must come together")


def _names(key: RecoveryShown) -> tuple[str, ...]:
    return tuple(name for _id, name in key.officers)


def _keys(system: System) -> Sequence[RecoveryShown]:
    keys = system.gate.run(list_recovery, Operator(), None)
    if not keys:
        raise CeremonyRefusedError("Recovery is not set up: safeshare recovery init.")
    return keys


def _oldest_key(system: System) -> RecoveryShown:
    return _keys(system)[0]


def _key_in_use(system: System) -> RecoveryShown:
    """The one key there is. While a renewal is unfinished no case may be opened with either."""
    keys = _keys(system)
    if len(keys) > 1:
        raise CeremonyRefusedError(
            "A renewal was stopped half-way. Finish it first, with the codes of the old key: "
            "safeshare recovery renew."
        )
    return keys[0]


def _meet(system: System, key: RecoveryShown) -> Officers:
    """Ask for codes until everybody who is there has typed theirs. Raises CeremonyRefusedError."""
    click.echo(f"Recovery key {key.number}: {key.together} of these officers must be here.")
    click.echo("Each types their own code, unseen. Press Enter for whoever is not here.")
    codes: dict[UUID, str] = {}
    for officer_id, name in key.officers:
        typed = click.prompt(f"Code of {name}", default="", show_default=False, hide_input=True)
        if typed.strip():
            codes[officer_id] = typed
    met = system.gate.run(meet_officers, Operator(), MeetOfficers(key.set_id, codes))
    if met.officers is None:
        raise CeremonyRefusedError(_why_not(met))
    return met.officers


def _why_not(met: Met) -> str:
    if met.forged:
        return (
            "The recovery key or an officer's record is not as it was signed. Nothing was opened, "
            "and an alarm is on the ledger. Find out who can write to the database."
        )
    if met.wrong:
        names = " and ".join(met.wrong)
        return (
            f"This is not the code of {names}. Nothing was opened; the ledger says that it was "
            "tried. Check that it is the newest sheet and begin again."
        )
    return (
        f"Too few codes: {met.missing} more needed. Nothing was opened; the ledger says that it "
        "was tried."
    )


def _hand_out(codes: Iterable[OfficerCode], threshold: int) -> None:
    """Show new codes once, and go on only when they are on paper. Nothing was stored so far."""
    click.echo(f"\nShown once. Any {threshold} of these codes open every case. Write each down for")
    click.echo("its officer, keep them apart, and keep no other copy:\n")
    for officer in codes:
        click.echo(f"  {officer.name}\n    {officer.printed_code}\n")
    sys.stdout.flush()
    if not click.confirm("Is every code on paper? Only then are they put into use"):
        raise CeremonyRefusedError("These codes were not put into use and open nothing.")
    click.clear()


def _give_all(system: System, officers: Officers, reason: str) -> None:
    after, given, left = None, 0, 0
    while True:
        done = system.gate.run(give_abandoned, officers, GiveAbandoned(reason, after))
        if done.last is None:
            break
        after, given, left = done.last, given + done.given, left + done.left
    click.echo(f"Given to new people: {given} cases. Could not be given: {left}.")
    if left:
        click.echo("The ledger names them. Look whether their queues have eligible people.")


def _reseal_all(system: System, officers: Officers) -> None:
    after, done, broken = None, 0, 0
    while True:
        one = system.gate.run(reseal_next, officers, ResealOn(after))
        if one.case_id is None:
            break
        if one.is_broken or one.is_done:
            after = one.case_id
            done, broken = done + (not one.is_broken), broken + one.is_broken
    click.echo(f"Sealed anew: {done} cases. Could not be opened: {broken}.")


def _renew(
    system: System, key: RecoveryShown, officers: Officers, wanted: InitRecovery | None
) -> None:
    """Every use ends here: a new key, new codes, every case moved, the old key thrown away."""
    if key.is_current:
        click.echo("\nThe key has been opened, so it is renewed now.")
        wanted = wanted or InitRecovery(_names(key), key.together)
        drawn: DrawnRecovery = system.gate.run(draw_recovery, officers, wanted)
        _hand_out(drawn.codes, wanted.threshold)
        system.gate.run(begin_renewal, officers, drawn)
    moved, broken = _move_all(system, officers)
    system.gate.run(end_renewal, officers, broken)
    click.echo(f"Every case is under the new key: {moved} moved.")
    if broken:
        click.echo(f"{broken} could not be moved and are named by alarms on the ledger. The old")
        click.echo("key is kept for them: bring them back from a backup and renew again.")
    else:
        click.echo("Destroy the sheets with the old codes: they open old backups still.")


def _move_all(system: System, officers: Officers) -> tuple[int, int]:
    after, moved, broken = None, 0, 0
    while True:
        done = system.gate.run(move_cases, officers, MoveOn(after))
        if done.last is None:
            return moved, broken
        after, moved, broken = done.last, moved + done.moved, broken + done.broken
