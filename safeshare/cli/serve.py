"""Starting the web apps as a process of their own."""

import click

from safeshare import wiring
from safeshare.cli.serving import WHAT, serve_until_stopped


@click.command()
@click.argument("what", type=click.Choice(WHAT), default="both")
def serve(what: str) -> None:
    """Serve the reporter app, the staff app or, in the demo, both."""
    settings = wiring.read_running_settings()
    wiring.protect_memory()
    serve_until_stopped(settings, what)
