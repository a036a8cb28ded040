"""Setting an installation up: schema, keys, first supervisor, recovery."""

import click
import pyotp

from safeshare import migrate as schema
from safeshare import wiring
from safeshare.concerns.service.routing import load_routing_order
from safeshare.gate.keeping import begin_ledger, sign_head
from safeshare.kernel.actors import Operator, Role, Worker
from safeshare.people.rules import SHORTEST, Weakness, weakness_of
from safeshare.people.service.accounts import Enrolled, EnrolStaff, enrol_staff
from safeshare.people.service.installation import SetUp, set_up

_TOO_WEAK = {
    Weakness.TOO_SHORT: f"use at least {SHORTEST} characters: four or more words",
    Weakness.TOO_LONG: "use 500 characters or fewer",
    Weakness.COMMON: "this is a saying or a row of keys, and guessers try those first",
    Weakness.GUESSABLE_WORDS: "use fewer words about the person or the service",
    Weakness.TOO_EASY: "add one or two words that have nothing to do with the others",
}


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema. May be run at every start."""
    database = wiring.open_database(wiring.read_settings())
    schema.upgrade(database.engine)
    database.dispose()
    click.echo("The database has the newest schema.")


@click.command()
@click.option("--sign-in-name", prompt="Sign-in name of the first supervisor")
@click.option("--name", prompt="Name")
@click.option("--job-title", prompt="Job title")
@click.option("--email", prompt="Work e-mail")
@click.option(
    "--queue",
    "queues",
    multiple=True,
    help="The code of a queue to supervise; may be repeated. All of them unless one is given.",
)
def init(sign_in_name: str, name: str, job_title: str, email: str, queues: tuple[str, ...]) -> None:
    """Make the key files, queues and routing, and name the first supervisor.

    The passphrase is typed unseen: on the command line other accounts and the shell's history would
    have it.
    """
    settings = wiring.read_settings()
    about = (settings.organisation, name, sign_in_name, job_title, email)
    passphrase = _chosen_passphrase(about)
    if wiring.create_keys(settings):
        click.echo(f"Made the key files in {settings.keys_folder}")
    wiring.protect_memory()
    system = wiring.build(settings)
    schema.insist_on_newest(system.database.engine)
    known = {queue.code for queue in wiring.default_queues()}
    if unknown := set(queues) - known:
        raise click.BadParameter(f"no queue has the code {min(unknown)}", param_hint="--queue")
    command = SetUp(settings.organisation, is_demo=False, queues=wiring.default_queues(), places=())
    system.gate.run(begin_ledger, Operator(), None)
    done = system.gate.run(set_up, Operator(), command)
    system.gate.run(load_routing_order, Operator(), wiring.default_routing())
    chosen = tuple(done.queues[code] for code in (queues or sorted(known)))
    enrolled = system.gate.run(
        enrol_staff,
        Operator(),
        EnrolStaff(
            sign_in_name=sign_in_name,
            display_name=name,
            job_title=job_title,
            email=email,
            passphrase=passphrase,
            roles=frozenset({Role.SUPERVISOR}),
            queue_ids=chosen,
            approved_by_init=True,
            has_codes=False,
        ),
    )
    system.gate.run(sign_head, Worker(), None)
    _show_once(enrolled, sign_in_name, settings.organisation)


def _chosen_passphrase(about: tuple[str, ...]) -> str:
    """Ask until it is one that would be taken on the page as well."""

    def judge(typed: str) -> str:
        weakness = weakness_of(typed, about)
        if weakness is not None:
            raise click.BadParameter(_TOO_WEAK[weakness])
        return typed

    chosen: str = click.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=True, value_proc=judge
    )
    return chosen


def _show_once(enrolled: Enrolled, sign_in_name: str, organisation: str) -> None:
    address = pyotp.TOTP(enrolled.totp_secret).provisioning_uri(
        name=sign_in_name, issuer_name=organisation
    )
    click.echo("\nShown once. Give both to the supervisor, on paper:\n")
    click.echo(f"  for the six-digit app   {address}")
    click.echo(f"  recovery code           {enrolled.recovery_code}\n")
    click.echo("At the first sign-in the page asks them to make their backup codes themselves.\n")
    click.echo("Next: bin/safeshare recovery init --officer NAME --officer NAME --officer NAME")
