"""The web server: gunicorn, started from here so that nothing of it has to be configured."""

import gc
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from gunicorn.app.base import BaseApplication

from safeshare import wiring
from safeshare.app import create_app, create_reporter_app, create_staff_app
from safeshare.cli.older_database import end_sessions_of_before, look_for_older_database
from safeshare.kernel.errors import MisconfiguredError
from safeshare.migrate import insist_on_newest
from safeshare.web.shared.mounting import WSGIApp
from safeshare.wiring import System
from worker.embedded import EmbeddedWorker
from worker.own_keys import follow_worker_keys

_log = logging.getLogger(__name__)

APPS: Mapping[str, Callable[[System], WSGIApp]] = {
    "reporter": create_reporter_app,
    "staff": create_staff_app,
    "both": create_app,
}
SYSTEMS: Mapping[str, Callable[[wiring.Settings], System]] = {
    "reporter": wiring.build_reporter,
    "staff": wiring.build,
    "both": wiring.build,
}
WHAT = tuple(APPS)

GRACE_SECONDS = 10
TIMEOUT_SECONDS = 60
KEYS_EVERY_SECONDS = 15
"""How often a process looks whether an older database was put back, or a session key is due."""


def _nothing() -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Notices:
    """What is said once the address is taken, and once everything has ended."""

    ready: Callable[[], None] = _nothing
    stopped: Callable[[], None] = _nothing


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types.
    """Gunicorn's master. Each of its processes builds the product for itself, after the fork."""

    def __init__(self, settings: wiring.Settings, what: str, notices: Notices) -> None:
        self._settings = settings
        self._what = what
        self._notices = notices
        self._embedded: EmbeddedWorker | None = None
        self._leaving = Event()
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn is to do. It writes no line about a visit: neither an access log, nor
        the addresses that its own warnings would name.
        """
        chosen: dict[str, Any] = {
            "accesslog": None,
            "bind": self._settings.bind,
            "control_socket_disable": True,
            "graceful_timeout": GRACE_SECONDS,
            "loglevel": "critical",
            "threads": self._settings.web_threads,
            "timeout": TIMEOUT_SECONDS,
            "on_exit": lambda _arbiter: self._notices.stopped(),
            "when_ready": lambda _arbiter: self._notices.ready(),
            "worker_class": "gthread",
            "worker_exit": lambda _arbiter, _worker: self._leave(),
            "workers": self._settings.web_processes,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApp:
        """The app of one process, with the worker beside it where there is no Redis."""
        system = SYSTEMS[self._what](self._settings)
        app = APPS[self._what](system)
        Thread(target=keep_session_keys, args=(system, self._leaving), daemon=True).start()
        follow_worker_keys(system, self._leaving)
        if self._settings.is_embedded:
            self._embedded = EmbeddedWorker(system)
            self._embedded.start()
        keep_for_good()
        return app

    def _leave(self) -> None:
        self._leaving.set()
        if self._embedded is not None:
            self._embedded.stop()


def keep_for_good() -> None:
    """Spare Python from searching for garbage, at every so many requests, among what the process
    made while it started and needs until it ends.
    """
    gc.collect()
    gc.freeze()


def keep_session_keys(system: System, leaving: Event, every: float = KEYS_EVERY_SECONDS) -> None:
    """End the sessions of before where an older database was put back, and renew the session keys
    whenever they are due, until the process leaves. By the clock alone: the date of a key file
    tells of no visitor. A file that is damaged meanwhile is named in the log, and looked at again.
    """
    while not leaving.wait(every):
        end_sessions_of_before(system)
        try:
            wiring.renew_old_session_key(system.settings)
        except MisconfiguredError as error:
            _log.warning("The session keys were not looked at: %s", error)


def serve_until_stopped(
    settings: wiring.Settings, what: str, notices: Notices | None = None
) -> None:
    """Serve until a signal says stop, and end this process.

    Raises MisconfiguredError where the installation cannot be served.
    """
    if what == "both" and not settings.is_demo:
        raise MisconfiguredError(
            "Outside the demo the two apps run apart: serve reporter, and serve staff."
        )
    _insist_on_free(settings.bind)
    wiring.renew_old_session_key(settings)
    system = SYSTEMS[what](settings)
    insist_on_newest(system.database.engine)
    look_for_older_database(system)
    system.database.dispose()
    Server(settings, what, notices or Notices()).run()


def _insist_on_free(bind: str) -> None:
    """Gunicorn would try five times, in silence."""
    host, _, port = bind.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, ValueError):
            raise MisconfiguredError(
                f"{bind} cannot be used: something else listens there. "
                "Stop it, or set SAFESHARE_BIND to another address."
            ) from None
