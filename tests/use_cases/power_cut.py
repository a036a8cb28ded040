"""A machine that stops in the middle of what it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest


class PowerCutError(Exception):
    """The machine stops in the middle."""


@contextmanager
def stops_after(number: int, module: ModuleType, name: str) -> Iterator[None]:
    """Within the block a function of a module does its work so many times, and then all ends."""
    work, begun = getattr(module, name), list[Any]()

    def or_stop(*given: Any) -> Any:
        begun.append(given)
        if len(begun) > number:
            raise PowerCutError
        return work(*given)

    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(module, name, or_stop)
        with pytest.raises(PowerCutError):
            yield
