"""Every route says which use cases it serves, or why it is open. The app refuses to start else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from flask import Flask

from safeshare.kernel.errors import MisconfiguredError

P = ParamSpec("P")
R = TypeVar("R")

_MARK = "__safeshare_door__"


@dataclass(frozen=True, slots=True)
class Door:
    """What stands behind a route: the use cases it runs, or the reason why it needs none."""

    use_cases: tuple[object, ...] = ()
    open_because: str = ""


def serves(*use_cases: object) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view with the use cases that it runs. The gate judges each of them.

    Raises MisconfiguredError when no use case is named.
    """
    if not use_cases:
        raise MisconfiguredError("serves() names no use case; mark the view open with a reason")
    return _marked(Door(use_cases=use_cases))


def open_page(reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view that runs no use case, with the reason why anybody may ask for it.

    Raises MisconfiguredError when the reason is empty.
    """
    if not reason.strip():
        raise MisconfiguredError("an open page needs a reason")
    return _marked(Door(open_because=reason))


def door_of(view: object) -> Door | None:
    """The mark of a view function, or None when it has none."""
    mark = getattr(view, _MARK, None)
    return mark if isinstance(mark, Door) else None


def check_every_door(app: Flask) -> None:
    """Refuse to start while any route of the app is without a mark.

    Call it last, when every blueprint is registered. Raises MisconfiguredError naming each
    unmarked endpoint and its address.
    """
    unmarked = sorted(
        f"{rule.endpoint} ({rule.rule})"
        for rule in app.url_map.iter_rules()
        if door_of(app.view_functions.get(rule.endpoint)) is None
    )
    if unmarked:
        raise MisconfiguredError(
            "routes with neither a use case nor a reason to be open: " + ", ".join(unmarked)
        )


def _marked(door: Door) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _MARK, door)
        return view

    return mark
