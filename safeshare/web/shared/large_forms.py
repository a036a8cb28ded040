"""What was typed into a form that is larger than we take: read once more, to be shown again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

from flask import request

T = TypeVar("T")

LARGEST_SHOWN = 8 * 1024 * 1024
"""Bytes of a form: half a million characters of any writing, ten times what one answer may have."""

MOST_FIELDS = 200
"""Fields of a form that is shown again, more than any page of ours has: a stranger's million of
them would take a process a minute to draw.
"""

_ONE_AT_A_TIME = Lock()
"""Such a form takes its size several times over in memory, so a process reads only one at once."""


@contextmanager
def typed_into_large(find: Callable[[], T]) -> Iterator[T | None]:
    """What `find` says of this request once its body may be larger, for as long as a `with` block.

    None where it carries files, which have pages without words; where it is larger still, or has
    more fields than any page of ours; or where another one is being shown at this moment.
    """
    if not _is_worth_showing() or not _ONE_AT_A_TIME.acquire(blocking=False):
        yield None
        return
    try:
        yield find()
    finally:
        _ONE_AT_A_TIME.release()


def _is_worth_showing() -> bool:
    """Reads the body, outside the lock: a slow sender keeps nobody else from being shown theirs."""
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if not is_form or (request.content_length or LARGEST_SHOWN + 1) > LARGEST_SHOWN:
        return False
    request.max_content_length = request.max_form_memory_size = LARGEST_SHOWN
    return request.get_data().count(b"&") < MOST_FIELDS
