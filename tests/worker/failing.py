"""Something that fails with words that nobody may read."""

from collections.abc import Callable
from typing import Never


class Failing:
    """Fails whenever it is called, with words that no log may show."""

    secret = "what somebody told"

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, *_: object, **__: object) -> Never:
        self.calls += 1
        raise ValueError(self.secret)


ToldOf = Callable[[Failing], str]
"""Hands out what was told of a failure, once it is seen that this was its kind and no word of it.
"""
