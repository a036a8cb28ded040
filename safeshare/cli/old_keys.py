"""What `safeshare reseal` says of keys of another suite, and does about what no case seals: by the
server itself, or to the worker's own keys.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import click

from safeshare.concerns.service.reseal_rounds import Round
from safeshare.concerns.service.resealing import count_old_keys
from safeshare.concerns.service.server_seals import (
    ResealByServer,
    count_by_server,
    reseal_by_server,
)
from safeshare.concerns.service.worker_seals import (
    ForWorker,
    ResealForWorker,
    count_for_worker,
    renew_worker_keys,
    reseal_for_worker,
)
from safeshare.kernel.actors import Operator
from safeshare.wiring import System


def say_old_keys(system: System) -> None:
    """How many keys of people are of another suite than SAFESHARE_KEY_SUITE. Nobody but their
    owners can make new ones: staff at their next sign-in, reporters when they next come back,
    officers when the recovery key is next renewed. And how much is sealed to the worker's older
    keys, which the operator renews, or by the server itself in another suite of content.
    """
    old = system.gate.run(count_old_keys, Operator(), None)
    click.echo(f"Staff keys of another suite: {old.accounts}. They are made anew at sign-in.")
    click.echo(f"Mailbox keys: {old.mailboxes}. They are made anew when the reporter comes back.")
    click.echo(f"Recovery keys: {old.recovery_keys}. Renew them: safeshare recovery renew.")
    click.echo(f"Grants that are sealed to a key of another suite: {old.grants}.")
    worker = _for_worker(system)
    is_old = "of another suite" if worker.begins is None else "of this suite"
    click.echo(f"The worker's own keys: {is_old}.")
    click.echo(f"Values that are sealed to a key of the worker of another suite: {worker.values}.")
    click.echo(f"Values that the server seals, of another suite: {_by_server(system)}.")


def bring_over(system: System) -> None:
    """Seal anew what no case seals. It can be stopped and run again at any time."""
    _bring_server_over(system)
    _bring_worker_over(system)


def _bring_server_over(system: System) -> None:
    """Seal anew what the server itself sealed in another suite."""
    if not _by_server(system):
        return
    resealed, broken = _rounds(
        lambda after: system.gate.run(reseal_by_server, Operator(), ResealByServer(after))
    )
    click.echo(f"Sealed anew by the server: {resealed} values. Could not be opened: {broken}.")


def _bring_worker_over(system: System) -> None:
    """Make new keys for the worker where they are of another suite; from the day on which they are
    in use, seal anew what is sealed to the older ones.
    """
    if _for_worker(system).begins is None:
        system.gate.run(renew_worker_keys, Operator(), None)
        click.echo("\nThe worker has new keys. Back up the key files now.")
    worker = _for_worker(system)
    if worker.begins and not system.gate.vault.seals_to_worker_of_today():
        click.echo(f"The worker's new keys are in use from {_written(worker.begins)} on.")
        click.echo("Run this again then, to seal anew what is sealed to the older ones.")
        return
    if not worker.values:
        return
    rounds = [_reseal(system, of_cases=of_cases) for of_cases in (True, False)]
    resealed, broken = (sum(each) for each in zip(*rounds, strict=True))
    click.echo(f"Sealed anew to the worker: {resealed} values. Could not be opened: {broken}.")


def _for_worker(system: System) -> ForWorker:
    return system.gate.run(count_for_worker, Operator(), None)


def _by_server(system: System) -> int:
    return system.gate.run(count_by_server, Operator(), None)


def _reseal(system: System, *, of_cases: bool) -> tuple[int, int]:
    return _rounds(
        lambda after: system.gate.run(
            reseal_for_worker, Operator(), ResealForWorker(of_cases, after)
        )
    )


def _rounds(one: Callable[[UUID | None], Round]) -> tuple[int, int]:
    """Go round by round until nothing is left. How many were sealed anew, and could not be."""
    after, resealed, broken = None, 0, 0
    while True:
        done = one(after)
        if done.last is None:
            return resealed, broken
        after, resealed, broken = done.last, resealed + done.resealed, broken + done.broken


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
