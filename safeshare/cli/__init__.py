"""The `safeshare` command: what an operator can do on the server, and how its processes start."""

import click

from safeshare import __version__
from safeshare.cli.on_demand import OnDemand

COMMANDS = {
    "accounts": "inviting",
    "beat": "working",
    "demo": "demo",
    "exposure": "exposing",
    "health": "health",
    "init": "setting_up",
    "ledger": "keeping",
    "migrate": "setting_up",
    "recovery": "recovering",
    "reseal": "recovering",
    "serve": "serve",
    "sessions": "keeping",
    "signatures": "signatures",
    "worker": "working",
}
"""Each command, and the module of this package that it stands in."""


@click.group(cls=OnDemand, modules=COMMANDS)
@click.version_option(__version__, prog_name="safeshare")
def main() -> None:
    """Confidential concern reporting for fire and police services."""
