from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired, Optional

from safeshare.web.shared.form_fields import DayMonthYearField, tidy_text
from tests.web.shared.conftest import make_app


class When(Form):
    when = DayMonthYearField("When", validators=[Optional()])
    needed = DayMonthYearField("Needed", validators=[InputRequired("Enter a date")])


def typed(**parts: str) -> MultiDict[str, str]:
    return MultiDict({name.replace("_", "-"): value for name, value in parts.items()})


def judged(**parts: str) -> When:
    with make_app().test_request_context():
        needed = {"needed_day": "1", "needed_month": "1", "needed_year": "2026"}
        form = When(typed(**needed | parts))
        form.validate()
        return form


@given(st.dates())
def test_a_person_can_type_any_real_date(day: date) -> None:
    form = When(typed(when_day=str(day.day), when_month=str(day.month), when_year=str(day.year)))
    assert form.when.data == day


@pytest.mark.parametrize(
    ("day", "month", "year", "wrong"),
    [
        ("31", "2", "2026", ("day", "month", "year")),
        ("32", "2", "2026", ("day",)),
        ("3", "13", "2026", ("month",)),
        ("x", "y", "2026", ("day", "month")),
        ("3", "", "", ("month", "year")),
        ("3", "3", "99999999999", ("day", "month", "year")),
        ("²", "3", "2026", ("day",)),
    ],
)
def test_a_person_cannot_type_a_date_that_is_none(
    day: str, month: str, year: str, wrong: tuple[str, ...]
) -> None:
    form = judged(when_day=day, when_month=month, when_year=year)
    assert form.when.data is None
    assert len(form.errors["when"]) == 1
    assert form.when.wrong_parts == wrong
    assert form.when.typed == {"day": day, "month": month, "year": year}


def test_a_person_can_leave_an_optional_date_out() -> None:
    form = judged(when_day=" ", when_month="", when_year="")
    assert form.when.data is None
    assert not form.errors


def test_a_person_cannot_leave_a_needed_date_out() -> None:
    form = judged(needed_day="", needed_month="", needed_year="")
    assert form.errors == {"needed": ["Enter a date"]}


def test_a_stored_date_can_be_shown_again() -> None:
    form = When(data={"when": date(2026, 7, 3)})
    assert form.when.typed == {"day": "3", "month": "7", "year": "2026"}


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("  edges\n ", "edges"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("tab\tstays", "tab\tstays"),
        ("مرحبا 🔥 👩🏽‍🚒 Łódź", "مرحبا 🔥 👩🏽‍🚒 Łódź"),
        ("half \ud83d pair", "half  pair"),
        (None, None),
    ],
)
def test_typed_text_can_be_tidied_without_losing_words(raw: str | None, tidy: str | None) -> None:
    assert tidy_text(raw) == tidy


@given(st.text())
def test_tidying_twice_cannot_change_the_text_again(raw: str) -> None:
    once = tidy_text(raw)
    assert tidy_text(once) == once
    assert once is not None
    once.encode()
