from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Form, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from safeshare.web.shared import drawing
from safeshare.web.shared.drawing import draw, draw_once
from safeshare.web.shared.form_controls import button, field, question
from safeshare.web.shared.form_fields import choice


class Asked(Form):
    told = TextAreaField("What happened?", validators=[InputRequired("Write something")])
    count = IntegerField("How often?")
    one = RadioField("Which?", choices=[choice("a", "Apple"), choice("b", "Bilberry")])


@pytest.fixture(autouse=True)
def in_a_request(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(drawing, "_kept", {})
    with app.test_request_context():
        yield


def test_a_question_that_nobody_answered_can_be_drawn_once_for_everybody() -> None:
    first, second = Asked(), Asked()
    for name in ("told", "count", "one"):
        assert question(first[name]) == field(first[name])
        assert question(second[name]) is question(first[name])


def test_a_question_that_was_answered_cannot_be_kept() -> None:
    typed = Asked(MultiDict({"told": "PLANTED words", "count": "PLANTED", "one": "b"}))
    from_a_draft = Asked(data={"told": "PLANTED words", "one": "b"})
    for form in (typed, from_a_draft):
        for name in ("told", "one"):
            assert question(form[name]) == field(form[name])
    assert "PLANTED" in question(typed.count)
    assert not drawing._kept


def test_a_question_with_an_error_can_show_it() -> None:
    form = Asked(MultiDict({"told": ""}))
    form.validate()
    assert "Write something" in question(form.told)
    assert "Write something" not in question(Asked().told)


def test_two_questions_of_one_name_can_differ_in_their_words() -> None:
    class Other(Form):
        told = StringField("What do you need?")

    assert "What happened?" in question(Asked().told)
    assert "What do you need?" in question(Other().told)
    assert question(Asked().told, heading=True) != question(Asked().told)


def test_plain_text_cannot_be_mistaken_for_markup_of_the_same_letters() -> None:
    assert "<b>Go</b>" in button(Markup("<b>Go</b>"))
    assert "&lt;b&gt;Go&lt;/b&gt;" in button("<b>Go</b>")


def test_what_is_kept_cannot_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST_KEPT", 3)
    for number in range(5):
        params = {"text": f"Number {number}"}
        assert draw_once("button", "govukButton", params) == draw("button", "govukButton", params)
    assert len(drawing._kept) == 3
