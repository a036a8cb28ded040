"""How often an access code may be typed wrong, and how much may be sent along with one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Flask, request

from safeshare.kernel.errors import WrongSecretError
from safeshare.web.reporter.full_line import FullLine
from safeshare.web.reporter.passing import system
from safeshare.web.shared.guesses import count_wrong_guess, take_turn, watch_guesses
from safeshare.wiring import System

LARGEST_BODY: Final = 640 * 1024
"""Bytes. A message of 50,000 characters may wait for its code, at 12 bytes a character in a form;
without one a code takes less than a hundredth of this.
"""

_ENTER: Final = "messages.enter"


def limit_guesses(app: Flask, product: System) -> None:
    """Give each typed code its place in the line, and send away who comes while it is full."""
    watch_guesses(app, product, _is_guess, LARGEST_BODY)
    permits = product.gate.vault.permits
    early = FullLine(app, "/messages/enter", lambda: permits.is_full("guesses"))
    app.wsgi_app = early  # type: ignore[method-assign]  # Flask's own way of putting one before it.


@contextmanager
def counted(typed: str) -> Iterator[None]:
    """Try what was typed as a code within the `with` block, and count it where it is wrong.

    Raises UnknownWordsError or WrongWordCountError where it cannot be a code, which counts as
    nothing, and TooManyRequests where the visitor's turn did not come in time.
    """
    target = f"code {' '.join(system().gate.vault.parse_access_code(typed).words)}"
    take_turn(target)
    try:
        yield
    except WrongSecretError:
        count_wrong_guess(target)
        raise


def _is_guess() -> bool:
    return request.endpoint == _ENTER and request.method == "POST"
