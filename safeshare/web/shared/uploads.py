"""Files in forms: sealed while they are read, and never whole in memory or plain on a disk.

Only views that ask for files are given any. Whatever else arrives as a file is read and dropped.
"""

from collections.abc import Callable, Iterator
from typing import IO, Any, ParamSpec, TypeVar, cast

from flask import Flask, Request, current_app, request, session

from safeshare.cleaning.kinds import LARGEST_FILE
from safeshare.files.models import FilePart
from safeshare.files.service.spool import SealedSpool
from safeshare.kernel.identifiers import new_id
from safeshare.web.shared.form_tokens import FIELD
from safeshare.wiring import System

P = ParamSpec("P")
R = TypeVar("R")

MOST_AT_ONCE = 6
"""Files in one form. More can follow in the next."""

_LARGEST_BODY = 4 * LARGEST_FILE + 2 * 1024 * 1024
_MARK = "__safeshare_takes_files__"
_SYSTEM = "safeshare.system"


class Nowhere:
    """Takes what nobody asked for, and keeps none of it."""

    def write(self, data: bytes) -> int:
        """Say that it was taken."""
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """There is nothing to go back to."""
        return 0

    def close(self) -> None:
        """There is nothing to let go of."""


class SealingRequest(Request):
    """A request whose files are sealed as they come."""

    def __init__(self, environ: dict[str, Any], *given: Any, **more: Any) -> None:
        super().__init__(environ, *given, **more)
        self._spools: list[SealedSpool] = []

    def close(self) -> None:
        """Let go of every file, also of one that broke off in the middle."""
        super().close()
        for spool in self._spools:
            spool.close()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Where Werkzeug's parser puts the next file of a form."""
        is_wanted = bool(filename) and takes_files_now() and FIELD in session
        if not is_wanted or len(self._spools) >= MOST_AT_ONCE:
            return cast("IO[bytes]", Nowhere())
        system: System = current_app.extensions[_SYSTEM]
        spool = SealedSpool(system.gate.vault, new_id(), FilePart.ORIGINAL)
        self._spools.append(spool)
        return cast("IO[bytes]", spool)


def receive_files(app: Flask) -> None:
    """Let the app's marked views have files. Call it before forms are read."""
    app.request_class = SealingRequest

    @app.before_request
    def make_room() -> None:
        if takes_files_now():
            request.max_content_length = _LARGEST_BODY


def takes_files(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose form may carry files."""
    setattr(view, _MARK, True)
    return view


def takes_files_now() -> bool:
    """Whether this request's view is marked."""
    view: Any = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, _MARK, False)


def received() -> Iterator[tuple[SealedSpool, str | None]]:
    """The files of this form, each with the name that its sender gave it."""
    for one in request.files.getlist("files"):
        stream: object = one.stream
        if isinstance(stream, SealedSpool):
            yield stream, one.filename


def count_left_out() -> int:
    """How many files of this form were dropped because there were too many at once."""
    return sum(isinstance(one.stream, Nowhere) for one in _named())


def _named() -> Iterator[Any]:
    return (one for one in request.files.getlist("files") if one.filename)
