"""What `safeshare reseal` says of keys that only their owners can make anew."""

import click

from safeshare.concerns.service.resealing import count_old_keys
from safeshare.kernel.actors import Operator
from safeshare.wiring import System


def say_old_keys(system: System) -> None:
    """How many keys of people are of another suite than SAFESHARE_KEY_SUITE. Nobody but their
    owners can make new ones: staff at their next sign-in, reporters when they next come back,
    officers when the recovery key is next renewed.
    """
    old = system.gate.run(count_old_keys, Operator(), None)
    click.echo(f"Staff keys of another suite: {old.accounts}. They are made anew at sign-in.")
    click.echo(f"Mailbox keys: {old.mailboxes}. They are made anew when the reporter comes back.")
    click.echo(f"Recovery keys: {old.recovery_keys}. Renew them: safeshare recovery renew.")
    click.echo(f"Grants that are sealed to a key of another suite: {old.grants}.")
