"""Whether a process does its work: exit code 0 or 1, for `docker compose` and the like."""

from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

import click

from safeshare import wiring
from safeshare.casework.service.watching import check_cases
from safeshare.gate.keeping import last_life
from safeshare.kernel.actors import Operator
from safeshare.kernel.errors import SafeShareError
from safeshare.people.service.officers import list_recovery
from worker.tasks import BEAT_LIFE, WORKER_LIFE

OLDEST_LIFE = timedelta(minutes=3)
OLDEST_WATCH = timedelta(days=1)
SECONDS = 5


class UnhealthyError(SafeShareError):
    """The process does not do its work."""


@click.command()
@click.argument("what", type=click.Choice(("web", "worker", "beat", "cases")))
def health(what: str) -> None:
    """Say whether the web app, the worker or the scheduler is alive, or whether every case can be
    opened by enough people.
    """
    settings = wiring.read_settings()
    if what == "cases":
        _look_at_cases(settings)
        return
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


def _look_at_cases(settings: wiring.Settings) -> None:
    """Counts alone, and no case. Needs the keys that judge signatures."""
    system = wiring.build(settings)
    found = system.gate.run(check_cases, Operator(), None)
    keys = system.gate.run(list_recovery, Operator(), None)
    click.echo(f"Cases that fewer than two people can open: {found.held.few}.")
    click.echo(f"Of these nobody can open: {found.held.nobody}.")
    click.echo(f"Of these recovery cannot open either: {found.held.lost}.")
    click.echo(f"Cases where fewer than two people have the key of the name: {found.kept.few}.")
    click.echo(f"Of these nobody has it: {found.kept.nobody}.")
    click.echo(f"Of these recovery does not have it either: {found.kept.lost}.")
    click.echo(f"Concerns that nobody opened in time: {found.unopened}.")
    click.echo(f"Cases that nobody oversees: {found.unwatched}.")
    if found.forged:
        click.echo(f"Accounts whose records are not as they were signed: {found.forged}.")
    if found.watched_on is None or found.today - found.watched_on > OLDEST_WATCH:
        raise UnhealthyError("The worker has not counted the cases since yesterday.")
    if found.held.nobody:
        raise UnhealthyError("Bring the recovery officers together: safeshare recovery regrant.")
    if not keys:
        raise UnhealthyError("Recovery is not set up: safeshare recovery init.")
    if len(keys) > 1 or keys[0].is_used:
        raise UnhealthyError("The recovery key was used: safeshare recovery renew.")
