from datetime import UTC, date, datetime

import pytest
from flask import Flask

from safeshare.web.shared.i18n import day, moment, number, page_language, weekday


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> object:
    with app.test_request_context():
        yield


def test_a_date_can_be_read_as_in_britain() -> None:
    assert day(date(2026, 7, 3)) == "3 July 2026"
    assert weekday(date(2026, 7, 3)) == "Friday 3 July 2026"


def test_an_instant_can_be_read_in_london_summer_and_winter() -> None:
    assert moment(datetime(2026, 7, 3, 16, 30, tzinfo=UTC)) == "3 July 2026 at 5:30pm"
    assert moment(datetime(2026, 1, 3, 9, 5, tzinfo=UTC)) == "3 January 2026 at 9:05am"
    assert day(datetime(2026, 7, 3, 23, 30, tzinfo=UTC)) == "4 July 2026"


@pytest.mark.parametrize(
    ("hour", "words"), [(0, "midnight"), (12, "midday"), (13, "1pm"), (11, "11am")]
)
def test_a_full_hour_can_be_read_without_zeros(hour: int, words: str) -> None:
    assert moment(datetime(2026, 1, 3, hour, tzinfo=UTC)) == f"3 January 2026 at {words}"


def test_half_past_twelve_cannot_become_zero() -> None:
    assert moment(datetime(2026, 1, 3, 12, 30, tzinfo=UTC)).endswith("12:30pm")
    assert moment(datetime(2026, 1, 3, 0, 30, tzinfo=UTC)).endswith("12:30am")


def test_a_page_can_say_its_language() -> None:
    assert page_language() == "en-GB"


def test_a_large_number_can_be_read_at_a_glance() -> None:
    assert [number(one) for one in (0, 999, 50_000)] == ["0", "999", "50,000"]
