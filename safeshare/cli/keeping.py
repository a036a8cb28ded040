"""What an operator looks after: the ledger's chains, and the server's half of the sessions."""

import click

from safeshare import wiring
from safeshare.gate.keeping import verify_chains
from safeshare.kernel.actors import Operator


@click.group()
def ledger() -> None:
    """The record of who did what."""


@ledger.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Say whether an entry was changed, cut out or moved. Ends with 1 where one was."""
    system = wiring.build_keyless(wiring.read_settings())
    broken = system.gate.run(verify_chains, Operator(), None)
    for chain, position in broken.items():
        click.echo(f"{chain} chain: {'sound' if position is None else f'broken at {position}'}")
    context.exit(any(position is not None for position in broken.values()))


@click.group()
def sessions() -> None:
    """The server's half of the keys that open sessions."""


@sessions.command()
def rotate() -> None:
    """Make a new key and retire the one before last. Once a week; nobody notices."""
    wiring.session_keys(wiring.read_settings()).rotate()
    click.echo("There is a new session key.")


@sessions.command()
def end() -> None:
    """End every session of both apps at once: after a restore of the database, or a theft."""
    wiring.session_keys(wiring.read_settings()).end_all_sessions()
    click.echo("Every session has ended. Drafts that were not sent are gone with them.")
