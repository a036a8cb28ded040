import functools

import pytest
from flask import Flask

from safeshare.kernel.errors import MisconfiguredError
from safeshare.web.shared.doors import check_every_door, door_of, open_page, serves
from tests.web.shared.conftest import make_app


def use_case() -> None:
    """Stands for a use case of a slice."""


def test_an_app_with_every_route_marked_can_start() -> None:
    check_every_door(make_app())


def test_an_app_cannot_start_with_a_route_that_has_no_mark() -> None:
    app = make_app()
    app.add_url_rule("/forgotten/<name>", "forgotten", lambda name: name)
    with pytest.raises(MisconfiguredError, match=r"forgotten \(/forgotten/<name>\)"):
        check_every_door(app)


def test_an_app_cannot_start_with_flasks_own_static_route() -> None:
    with pytest.raises(MisconfiguredError, match="static"):
        check_every_door(Flask("sample"))


def test_a_route_cannot_be_open_without_a_reason() -> None:
    with pytest.raises(MisconfiguredError):
        open_page("  ")


def test_a_route_cannot_serve_no_use_case() -> None:
    with pytest.raises(MisconfiguredError):
        serves()


def test_a_mark_can_be_read_through_another_decorator() -> None:
    @serves(use_case)
    def view() -> str:
        return "page"

    @functools.wraps(view)
    def wrapped() -> str:
        return view()

    door = door_of(wrapped)
    assert door is not None
    assert door.use_cases == (use_case,)
    assert door.open_because == ""
    assert view() == "page"
