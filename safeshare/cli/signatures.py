"""The signatures on who may be given concerns: looking for what is not believed, believing it."""

import click

from safeshare import wiring
from safeshare.concerns.service.signatures import (
    Doubted,
    Fault,
    accept_signatures,
    list_doubted,
)
from safeshare.kernel.actors import Operator

_WHY = {
    Fault.FORGED: "was changed outside SafeShare",
    Fault.OLDER: "is older than the newest that was signed, as after a restore",
}


@click.group()
def signatures() -> None:
    """The signatures on people, queues, routing and rota."""


@signatures.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Name every record that is not believed, and so is left out. Ends with 1 where one is."""
    system = wiring.build(wiring.read_settings())
    found = system.gate.run(list_doubted, Operator(), None)
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("Every record is as it was last signed.")
    context.exit(bool(found))


@signatures.command()
@click.option("--subject", "subjects", multiple=True, help="As `check` names it; may be repeated.")
@click.option("--all-older", is_flag=True, help="Everything that is only older: after a restore.")
def accept(subjects: tuple[str, ...], *, all_older: bool) -> None:
    """Sign records as the database now says, after a look at each: this decides who may be given
    concerns. It is an entry of the ledger.

    Begins the file of newest revisions anew where it is missing or damaged.
    """
    settings = wiring.read_settings()
    if wiring.begin_revisions(settings):
        click.echo("There was no file of newest revisions. What the database says is the newest.")
    system = wiring.build(settings)
    found = system.gate.run(list_doubted, Operator(), None)
    chosen = [
        one.subject
        for one in found
        if one.subject in subjects or (all_older and one.fault is Fault.OLDER)
    ]
    if unknown := set(subjects) - set(chosen):
        raise click.BadParameter(f"nothing is wrong with {min(unknown)}", param_hint="--subject")
    for one in system.gate.run(accept_signatures, Operator(), chosen):
        click.echo(f"Accepted: {one.subject} ({one.name})")
        if one.fault is Fault.FORGED and one.subject.startswith("staff/"):
            click.echo("  Queues, and a role over cases, must let them in again.")


def _line(one: Doubted) -> str:
    return f"{one.subject} ({one.name}) {_WHY[one.fault]}."
