import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from safeshare.web.shared.form_controls import button, error_summary, field, longest
from safeshare.web.shared.form_fields import CheckboxesField, DayMonthYearField, choice

FRUIT = [choice("a", "Apple", "Green or red"), choice("b", "Bilberry")]
NASTY = '</textarea><script>alert(1)</script>" onfocus="x'


class Everything(Form):
    name = StringField(
        "Name <b>", validators=[InputRequired("Enter a name")], description="As you like it"
    )
    mail = EmailField("Mail", render_kw={"autocomplete": "email", "spellcheck": False})
    count = IntegerField("Count", validators=[Optional()], render_kw={"class": "narrow"})
    note = TextAreaField("Note", render_kw={"rows": 4})
    story = TextAreaField("Story", validators=[Length(max=20, message="Too long")])
    one = RadioField("One", choices=FRUIT, validators=[InputRequired("Choose one")])
    some = CheckboxesField("Some", choices=FRUIT)
    agree = BooleanField("I agree")
    pick = SelectField("Pick", choices=FRUIT)
    when = DayMonthYearField("When", validators=[InputRequired("Enter a date")])
    phrase = PasswordField("Passphrase")
    token = HiddenField()


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]

    def ids(self) -> list[str | None]:
        return [a["id"] for _tag, a in self.found if "id" in a]


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> Any:
    with app.test_request_context():
        yield


def sent(**values: str) -> Everything:
    form = Everything(MultiDict({name.replace("__", "-"): v for name, v in values.items()}))
    form.validate()
    return form


def whole(form: Everything) -> Tags:
    return Tags("".join(field(each) for each in form))


def test_every_control_can_be_named_by_a_label_or_a_legend() -> None:
    tags = whole(Everything())
    labelled = {label["for"] for label in tags.of("label")}
    controls = tags.of("input") + tags.of("textarea") + tags.of("select")
    unlabelled = {c["id"] for c in controls if c.get("type") != "hidden"} - labelled
    assert not unlabelled
    assert len(tags.of("legend")) == 3


def test_a_page_cannot_use_an_id_twice() -> None:
    ids = whole(sent()).ids()
    assert len(ids) == len(set(ids))


def test_a_description_can_only_point_at_something_that_is_there() -> None:
    for form in (Everything(), sent()):
        tags = whole(form)
        wanted = {
            name
            for _tag, attributes in tags.found
            for name in (attributes.get("aria-describedby") or "").split()
        }
        assert wanted <= set(tags.ids())


def test_a_field_without_a_description_cannot_have_an_empty_hint() -> None:
    assert "govuk-hint" not in field(Everything().one).replace("govuk-radios__hint", "").replace(
        "govuk-hint ", ""
    )
    assert "As you like it" in field(Everything().name)


def test_each_error_can_be_followed_to_an_input_that_takes_the_focus() -> None:
    form = sent(story="x" * 30, count="many", when__day="40", when__month="1", when__year="2026")
    links = re.findall(r'href="#([^"]+)"', error_summary(form))
    focusable = {
        a.get("id") for tag, a in whole(form).found if tag in {"input", "select", "textarea"}
    }
    assert set(links) <= focusable
    assert links == ["name", "count", "story", "one", "pick", "when-day"]


def test_a_form_without_errors_cannot_show_a_summary() -> None:
    assert error_summary(Everything()) == ""


def test_an_error_of_the_whole_form_can_be_followed_to_its_first_input() -> None:
    form = Everything()
    form.form_errors.append("These do not fit together")
    assert '<a href="#name">These do not fit together</a>' in error_summary(form)


def test_an_error_of_a_button_alone_can_be_shown_without_a_link() -> None:
    form = Form()
    form.form_errors.append("It cannot be done")
    summary = error_summary(form)
    assert "It cannot be done" in summary
    assert "href" not in summary


def test_typed_text_cannot_leave_its_control() -> None:
    form = sent(name=NASTY, story=NASTY, note=NASTY, mail=NASTY, pick=NASTY, when__day=NASTY)
    tags = whole(form)
    assert not tags.of("script")
    assert not any("onfocus" in attributes for _tag, attributes in tags.found)
    [name] = [a for a in tags.of("input") if a.get("id") == "name"]
    assert name["value"] == NASTY
    assert "Name &lt;b&gt;" in field(form.name)


def test_long_text_can_be_shown_again_with_every_line() -> None:
    text = "first\n\n  second, set in\nthird"
    form = sent(story=text, note=text)
    assert f">{text}</textarea>" in field(form.note)
    assert f">{text}</textarea>" in field(form.story)


def test_a_text_with_a_limit_can_be_counted_as_it_is_typed() -> None:
    form = Everything()
    assert longest(form.story) == 20
    assert 'data-maxlength="20"' in field(form.story)
    assert "You can enter up to 20 characters" in field(form.story)
    assert longest(form.note) is None
    assert "character-count" not in field(form.note)


def test_a_passphrase_cannot_be_sent_back() -> None:
    assert "correct horse" not in field(sent(phrase="correct horse").phrase)


def test_what_was_chosen_can_be_seen_again() -> None:
    form = Everything(MultiDict([("one", "b"), ("some", "a"), ("some", "b"), ("agree", "y")]))
    tags = whole(form)
    checked = [a["id"] for a in tags.of("input") if "checked" in a]
    assert checked == ["one-2", "some", "some-2", "agree"]
    assert [a["value"] for a in Tags(field(sent(pick="b").pick)).of("option") if "selected" in a]


def test_a_choice_can_have_a_hint_and_reveal_more() -> None:
    page = field(Everything().one, conditional={"b": Markup("<p>Which kind?</p>")})
    assert "Green or red" in page
    assert "<p>Which kind?</p>" in page


def test_a_label_can_be_the_heading_of_the_page() -> None:
    form = Everything()
    for bound in (form.name, form.one, form.when, form.story):
        page = field(bound, heading=True)
        assert len(Tags(page).of("h1")) == 1
        assert "--l" in page
    assert not Tags(field(form.name, size="m")).of("h1")


def test_attributes_of_a_field_can_reach_its_control() -> None:
    form = Everything()
    [mail] = Tags(field(form.mail)).of("input")
    assert (mail["type"], mail["autocomplete"], mail["spellcheck"]) == ("email", "email", "false")
    assert 'rows="4"' in field(form.note)
    assert "narrow" in field(form.count)


def test_a_hidden_field_can_be_drawn_without_a_label() -> None:
    [hidden] = Tags(field(sent(token="abc").token)).of("input")
    assert (hidden["type"], hidden["value"]) == ("hidden", "abc")


def test_a_button_cannot_be_pressed_twice_in_a_hurry() -> None:
    assert 'data-prevent-double-click="true"' in button("Send")
