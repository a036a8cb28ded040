"""What an operator looks after: the ledger's chains, and the server's half of the sessions."""

from typing import TextIO

import click

from safeshare import wiring
from safeshare.cli.ledger_words import said_of
from safeshare.cli.older_database import end_sessions_of_before
from safeshare.gate.keeping import accept_ledger, note_sessions_ended, verify_ledger
from safeshare.kernel.actors import Operator


@click.group()
def ledger() -> None:
    """The record of who did what."""


@ledger.command()
@click.option(
    "--head",
    type=click.File(errors="backslashreplace"),
    help="A copy of the signed head from another machine, to compare with instead.",
)
@click.pass_context
def verify(context: click.Context, head: TextIO | None) -> None:
    """Say in words what was changed, cut out, put in, moved or cut off. Ends with 1 where anything
    was.
    """
    system = wiring.build(wiring.read_settings())
    copy = head.read() if head is not None else None
    faults = system.gate.run(verify_ledger, Operator(), copy)
    for fault in faults:
        click.echo(said_of(fault))
    if not faults:
        click.echo("Every entry of the ledger is there, in its place and as it was written.")
    context.exit(bool(faults))


@ledger.command()
@click.confirmation_option(
    prompt="What is missing will not be named again. Was an older backup put back on purpose?"
)
def accept() -> None:
    """Take the ledger as it now is, after an older backup was put back. This is an entry itself."""
    system = wiring.build(wiring.read_settings())
    ends = system.gate.run(accept_ledger, Operator(), None)
    for chain, (was, now) in ends.items():
        click.echo(f"{chain} chain: it had {was} entries and now has {now}.")
    if end_sessions_of_before(system):
        click.echo("Every session has ended: those of before belong to the newer database.")


@click.group()
def sessions() -> None:
    """The server's half of the keys that open sessions."""


@sessions.command()
def rotate() -> None:
    """Make a new key and retire the one before last. Once a week; nobody notices."""
    keys = wiring.session_keys(wiring.read_settings())
    with keys.alone():
        keys.rotate()
    click.echo("There is a new session key.")


@sessions.command()
def end() -> None:
    """End every session of both apps at once: after a restore of the database, or a theft.

    Sessions end first, and the ledger is told then: a database that is away does not keep them.
    """
    settings = wiring.read_settings()
    keys = wiring.session_keys(settings)
    with keys.alone():
        keys.end_all_sessions()
    wiring.build(settings).gate.run(note_sessions_ended, Operator(), "by_hand")
    click.echo("Every session has ended. Drafts that were not sent are gone with them.")
