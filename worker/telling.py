"""What the worker tells the log: of a failure its kind and its place alone. The words of an error,
and a traceback, could show what was being worked on.
"""

import logging
from types import TracebackType
from typing import Self

from safeshare.kernel.errors import SafeShareError, code_location

_log = logging.getLogger(__name__)


def said_of(error: BaseException | None) -> str:
    """Our own errors have words without content. Of any other only the kind and the place."""
    if isinstance(error, SafeShareError):
        return str(error)
    trace = error.__traceback__ if error is not None else None
    return f"{type(error).__name__} at {code_location(trace)}"


class Complaint:
    """Keeps a failure of what is done inside it from ending anything. Says once what fails, and
    once that it works again: what is due is looked for every few seconds, and would fill the log.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._said: str | None = None

    def __enter__(self) -> Self:
        """Nothing is needed before the work."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Keep what is a failure and not an order to stop."""
        if error is None:
            self.withdraw()
            return False
        if not isinstance(error, Exception):
            return False
        said = said_of(error)
        if said != self._said:
            _log.warning("%s: %s. It is tried again.", self._name, said)
        self._said = said
        return True

    def withdraw(self) -> None:
        """It works: what fails from now on is said again."""
        if self._said is not None:
            _log.warning("%s: works again.", self._name)
        self._said = None


class _FromCelery(logging.Handler):
    """Hands on what Celery and its transport warn of. A failure that ends a worker they keep to
    themselves, and tell the log of it with a traceback or not at all.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it in our log, and leave nothing more in the record for whoever else listens."""
        failed = record.exc_info[1] if record.exc_info else None
        record.msg = said_of(failed) if failed is not None else record.getMessage()
        record.args, record.exc_info, record.exc_text = (), None, None
        _log.log(record.levelno, "%s: %s", record.name, record.msg)


_FROM_CELERY = _FromCelery(logging.WARNING)


def listen_to_celery(**_named: object) -> None:
    """Have what Celery says told in our way alone, however often this is called."""
    for name in ("celery", "kombu"):
        logger = logging.getLogger(name)
        logger.addHandler(_FROM_CELERY)
        logger.propagate = False
