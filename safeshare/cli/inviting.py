"""Inviting from the server: how an installation gets its first administrator and overseer."""

import click

from safeshare import wiring
from safeshare.kernel.actors import Operator, Role
from safeshare.kernel.errors import InvalidError
from safeshare.people.service.invitations import Invite, Proposal, invite


@click.group()
def accounts() -> None:
    """Accounts of the staff app."""


@accounts.command("invite")
@click.option("--sign-in-name", prompt="Sign-in name")
@click.option("--name", prompt="Name")
@click.option("--job-title", prompt="Job title")
@click.option("--email", prompt="Work e-mail")
@click.option(
    "--role",
    type=click.Choice([one.value for one in (Role.ADMINISTRATOR, Role.OVERSEER, Role.LEADER)]),
    default=Role.ADMINISTRATOR.value,
    show_default=True,
)
def invite_somebody(sign_in_name: str, name: str, job_title: str, email: str, role: str) -> None:
    """Invite somebody who serves no queue. They choose passphrase and second factor themselves."""
    settings = wiring.read_running_settings()
    system = wiring.build(settings)
    proposal = Proposal(sign_in_name, name, job_title, email, frozenset({Role(role)}))
    try:
        made = system.gate.run(invite, Operator(), Invite(proposal, _address(settings)))
    except InvalidError as error:
        raise click.ClickException(f"This cannot be proposed: {error}") from error
    click.echo("Shown once, and on its way by mail. It works once, for 72 hours:\n")
    click.echo(f"  {made.link}\n")
    if role == Role.OVERSEER:
        click.echo("An overseer counts once a supervisor or another overseer has approved it.")


def _address(settings: wiring.Settings) -> str:
    if settings.is_demo or settings.staff_host is None:
        return f"http://{settings.bind}/staff/join/"
    return f"https://{settings.staff_host}/join/"
