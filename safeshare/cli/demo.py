"""The demo: one command sets everything up, fills it with a fictional service and serves it."""

import os
import re
from datetime import timedelta

import click

from safeshare import wiring
from safeshare.cli.demo_data import load_when_empty, read_sign_ins, show_once
from safeshare.cli.serving import Notices, serve_until_stopped
from safeshare.demo.load import DemoLoaded
from safeshare.demo.operating import advance_clock, insist_on_demo, show_six_digits
from safeshare.kernel.actors import Operator
from safeshare.kernel.clocks import LONDON

_DAYS = re.compile(r"(\d{1,3})d")


class Days(click.ParamType[int]):
    """A number of days as it is typed: `28d`."""

    name = "days"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number before the `d`."""
        found = _DAYS.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is not a number of days such as 28d", param, ctx)
        return int(found[1])


def demo_settings() -> wiring.Settings:
    """This process's settings, as a demo's."""
    return wiring.read_settings({**os.environ, "SAFESHARE_DEMO": "1"})


@click.group()
def demo() -> None:
    """A fictional fire and rescue service on this machine, to try the product with."""


@demo.command()
def run() -> None:
    """Set up what is missing, then serve both apps until Ctrl-C."""
    settings = demo_settings()
    loaded = _prepare(settings)
    serve_until_stopped(settings, "both", Notices(lambda: _welcome(settings, loaded), _farewell))


@demo.command()
def load() -> None:
    """Fill an empty database with the fictional service."""
    settings = demo_settings()
    loaded = _prepare(settings)
    if loaded is None:
        click.echo("There is something in the database already: nothing was changed.")
    else:
        click.echo(show_once(loaded))


@demo.command()
@click.argument("days", type=Days())
def advance(days: int) -> None:
    """Move the business clock of the demo on, for instance by 28d. It never goes back."""
    system = wiring.build(demo_settings())
    ahead = system.gate.run(advance_clock, Operator(), days)
    today = system.gate.clock.security_now().astimezone(LONDON) + timedelta(days=ahead)
    click.echo(f"In the demo it is now {today:%A %d %B %Y}, {ahead} days ahead of the calendar.")
    click.echo("What fell due appears within seconds, where the demo is running.")


@demo.command()
@click.argument("name")
def code(name: str) -> None:
    """Print the six digits that somebody of the demo needs to sign in now."""
    system = wiring.build(demo_settings())
    click.echo(system.gate.run(show_six_digits, Operator(), name))


def _prepare(settings: wiring.Settings) -> DemoLoaded | None:
    """Keys, schema and content. What was loaded, if anything had to be.

    Raises StaleError on a real service's database, before anything is touched.
    """
    system = wiring.build_keyless(settings)
    try:
        system.gate.run(insist_on_demo, Operator(), None)
    finally:
        system.database.dispose()
    wiring.create_keys(settings)
    wiring.protect_memory()
    return load_when_empty(settings, click.echo)


def _welcome(settings: wiring.Settings, loaded: DemoLoaded | None) -> None:
    if loaded is not None:
        click.echo(show_once(loaded))
    click.echo(read_sign_ins(settings))
    click.echo(f"Reporters  http://{settings.bind}/")
    click.echo(f"Staff      http://{settings.bind}/staff/")
    click.echo("Six digits for signing in: bin/safeshare demo code NAME. Ctrl-C stops.")


def _farewell() -> None:
    click.echo("\nStopped. What was written stays: `make run` goes on with it.")
