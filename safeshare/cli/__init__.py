"""The `safeshare` command: what an operator can do on the server, and how its processes start."""

import click

from safeshare import __version__
from safeshare.cli.demo import demo
from safeshare.cli.errors import PlainErrors
from safeshare.cli.exposing import exposure
from safeshare.cli.health import health
from safeshare.cli.inviting import accounts
from safeshare.cli.keeping import ledger, sessions
from safeshare.cli.processes import beat, serve, worker
from safeshare.cli.recovering import recovery, reseal
from safeshare.cli.setting_up import init, migrate
from safeshare.cli.signatures import signatures


@click.group(cls=PlainErrors)
@click.version_option(__version__, prog_name="safeshare")
def main() -> None:
    """Confidential concern reporting for fire and police services."""


for command in (
    accounts,
    beat,
    demo,
    exposure,
    health,
    init,
    ledger,
    migrate,
    recovery,
    reseal,
    serve,
    sessions,
    signatures,
    worker,
):
    main.add_command(command)
