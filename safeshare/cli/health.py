"""Whether a process does its work: exit code 0 or 1, for `docker compose` and the like."""

from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

import click

from safeshare import wiring
from safeshare.gate.keeping import last_life
from safeshare.kernel.actors import Operator
from safeshare.kernel.errors import SafeShareError
from worker.tasks import BEAT_LIFE, WORKER_LIFE

OLDEST_LIFE = timedelta(minutes=3)
SECONDS = 5


class UnhealthyError(SafeShareError):
    """The process does not do its work."""


@click.command()
@click.argument("what", type=click.Choice(("web", "worker", "beat")))
def health(what: str) -> None:
    """Say whether the web app, the worker or the scheduler is alive."""
    settings = wiring.read_settings()
    if what == "web":
        _ask_web(settings.bind)
    else:
        _look_for_life(settings, WORKER_LIFE if what == "worker" else BEAT_LIFE)
    click.echo("alive")


def _ask_web(bind: str) -> None:
    """Any answer but a server error will do: what a page says is not the question."""
    host, _, port = bind.rpartition(":")
    connection = HTTPConnection(
        "127.0.0.1" if host == "0.0.0.0" else host,  # noqa: S104 - compared, not listened on.
        int(port),
        timeout=SECONDS,
    )
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise UnhealthyError("The web app does not answer.") from error
    finally:
        connection.close()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnhealthyError(f"The web app answers with an error ({status}).")


def _look_for_life(settings: wiring.Settings, name: str) -> None:
    system = wiring.build_keyless(settings)
    seen = system.gate.run(last_life, Operator(), name)
    if seen is None or system.gate.clock.security_now() - seen > OLDEST_LIFE:
        raise UnhealthyError(f"The {name} has shown no life in {OLDEST_LIFE.seconds} seconds.")
