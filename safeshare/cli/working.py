"""Starting the worker and the scheduler as processes of their own."""

import sys

import click

from safeshare import wiring
from safeshare.kernel.errors import MisconfiguredError
from safeshare.migrate import insist_on_newest
from safeshare.wiring import System
from worker.processes import run_beat, run_worker


@click.command()
def worker() -> None:
    """Work off what is due. Needs Redis: without it the web process does this itself."""
    settings = wiring.read_running_settings()
    _insist_on_redis(settings.is_embedded)
    wiring.protect_memory()
    system = wiring.build_worker(settings)
    _insist_on_schema(system)
    sys.exit(run_worker(system))


@click.command()
def beat() -> None:
    """Tell the workers when something is due. One such process is enough."""
    settings = wiring.read_running_settings()
    _insist_on_redis(settings.is_embedded)
    sys.exit(run_beat(wiring.build_keyless(settings)))


def _insist_on_schema(system: System) -> None:
    insist_on_newest(system.database.engine)


def _insist_on_redis(is_embedded: bool) -> None:
    if is_embedded:
        raise MisconfiguredError(
            "Set SAFESHARE_REDIS_URL first. Without Redis the web process runs the worker itself."
        )
