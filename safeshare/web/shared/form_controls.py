"""WTForms fields drawn with the GOV.UK Frontend macros.

Templates call `field(form.name)`, `error_summary(form)` and `button(text)`. Only what a field has
is drawn: no empty hints, and each error links to an input that can take the focus.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from markupsafe import Markup
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    TelField,
    TextAreaField,
)

from safeshare.cleaning.kinds import LARGEST_FILE
from safeshare.files.rules import MOST_BYTES_A_CASE
from safeshare.web.shared.drawing import draw, draw_once
from safeshare.web.shared.form_fields import DATE_PARTS, CheckboxesField, DayMonthYearField
from safeshare.web.shared.i18n import gettext, number

Params = dict[str, Any]

# Attributes of `render_kw` that the macros take as parameters of their own.
_PARAMETERS = {"autocomplete", "inputmode", "spellcheck", "rows", "pattern"}
_WIDTHS = {"day": "2", "month": "2", "year": "4"}


def field(bound: Field, *, heading: bool = False, size: str = "", **extra: Any) -> Markup:
    """One form field with its label, hint and error.

    `heading` makes the label or legend the page's h1. `size` is s, m, l or xl. `conditional` maps
    a choice's value to what appears when it is chosen; anything else is given to the macro as is.
    """
    if isinstance(bound, HiddenField):
        hidden: Markup = bound()
        return hidden
    component, macro, params = _described(
        bound, heading=heading, size=size, shown=extra.pop("conditional", {})
    )
    return draw(component, macro, params | extra)


def question(bound: Field, *, heading: bool = False, size: str = "") -> Markup:
    """A field whose words and choices are the same for every visitor: drawn once while nothing is
    answered, and like any field from then on.
    """
    described = _described(bound, heading=heading, size=size, shown={})
    is_answered = bound.data or bound.raw_data or bound.errors
    return draw(*described) if is_answered else draw_once(*described)


def button(text: str, **extra: Any) -> Markup:
    """A button that sends the form once, even when it is pressed twice in a hurry. Nothing on it
    may be anybody's own: it is drawn once.
    """
    return draw_once("button", "govukButton", {"text": text, "preventDoubleClick": True} | extra)


def error_summary(form: Form) -> Markup:
    """What must be mended, in the order of the page, each a link to its input; else nothing."""
    errors = list(_errors(form))
    if not errors:
        return Markup("")
    params = {"titleText": gettext("There is a problem"), "errorList": errors}
    return draw("error-summary", "govukErrorSummary", params)


def focus_id(bound: Field) -> str:
    """The id of the input that a link about this field must lead to."""
    if isinstance(bound, DayMonthYearField):
        return f"{bound.id}-{(bound.wrong_parts or DATE_PARTS)[0]}"
    return str(bound.id)


def _described(
    bound: Field, *, heading: bool, size: str, shown: Mapping[str, Markup]
) -> tuple[str, str, Params]:
    """Which macro draws a field, and what it is told."""
    component, macro, build = _kind(bound)
    look = _look(heading=heading, size=size, legend=component in _GROUPS)
    return component, macro, _common(bound) | build(bound, look, shown)


def _errors(form: Form) -> Iterator[Params]:
    """The errors of the form as a whole lead to its first input: that is where mending begins."""
    first = next((focus_id(one) for one in form if not isinstance(one, HiddenField)), None)
    for message in form.form_errors:
        yield {"text": str(message)} | ({"href": f"#{first}"} if first else {})
    for bound in form:
        for message in bound.errors[:1]:
            yield {"text": str(message), "href": f"#{focus_id(bound)}"}


def _common(bound: Field) -> Params:
    given = dict(bound.render_kw or {})
    params: Params = {"id": bound.id, "name": bound.name, "classes": given.pop("class", "")}
    params |= {key: given.pop(key) for key in _PARAMETERS & given.keys()}
    params["attributes"] = given
    if bound.description:
        params["hint"] = _words(bound.description)
    if bound.errors:
        params["errorMessage"] = {
            "text": str(bound.errors[0]),
            "visuallyHiddenText": gettext("Error"),
        }
    return params


def _words(text: object) -> Params:
    return {"html": text} if isinstance(text, Markup) else {"text": str(text)}


def _look(*, heading: bool, size: str, legend: bool) -> Params:
    part = "fieldset__legend" if legend else "label"
    chosen = size or ("l" if heading else "")
    return {"classes": f"govuk-{part}--{chosen}" if chosen else "", "isPageHeading": heading}


def _label(bound: Field, look: Params) -> Params:
    return look | _words(bound.label.text)


def _fieldset(bound: Field, look: Params) -> Params:
    return {"fieldset": {"legend": look | _words(bound.label.text)}}


def _typed(bound: Field) -> str:
    if isinstance(bound.data, str):
        return bound.data
    if bound.raw_data:
        return str(bound.raw_data[0])
    return "" if bound.data is None else str(bound.data)


def _input(bound: Field, look: Params, _shown: Mapping[str, Markup]) -> Params:
    return {"label": _label(bound, look), "value": _typed(bound), "type": bound.widget.input_type}


def _password(bound: Field, look: Params, _shown: Mapping[str, Markup]) -> Params:
    # What was typed is never sent back.
    return {
        "label": _label(bound, look),
        "showPasswordText": gettext("Show"),
        "hidePasswordText": gettext("Hide"),
        "showPasswordAriaLabelText": gettext("Show what you typed"),
        "hidePasswordAriaLabelText": gettext("Hide what you typed"),
        "passwordShownAnnouncementText": gettext("What you typed is visible"),
        "passwordHiddenAnnouncementText": gettext("What you typed is hidden"),
    }


def _textarea(bound: Field, look: Params, _shown: Mapping[str, Markup]) -> Params:
    params: Params = {"label": _label(bound, look), "value": _typed(bound)}
    most = longest(bound)
    return params | (_counter(most) if most else {})


def longest(bound: Field) -> int | None:
    """The greatest number of characters that the field's own validators allow, if they say."""
    limits = (getattr(check, "max", None) for check in bound.validators)
    return min((limit for limit in limits if isinstance(limit, int) and limit > 0), default=None)


def _counter(most: int) -> Params:
    return {
        "maxlength": most,
        # The count is quiet until the text is three quarters of the way there.
        "threshold": 75,
        "textareaDescriptionText": gettext(
            "You can enter up to %(count)s characters", count=number(most)
        ),
        "charactersUnderLimitText": {
            "one": gettext("You have %{count} character left"),
            "other": gettext("You have %{count} characters left"),
        },
        "charactersAtLimitText": gettext("You have 0 characters left"),
        "charactersOverLimitText": {
            "one": gettext("You have %{count} character too many"),
            "other": gettext("You have %{count} characters too many"),
        },
    }


def _items(bound: Field, shown: Mapping[str, Markup]) -> list[Params]:
    items = []
    for value, text, chosen, more in bound.iter_choices():
        item: Params = {"value": value, "text": str(text), "checked": bool(chosen)}
        if more.get("hint"):
            item["hint"] = _words(more["hint"])
        if value in shown:
            item["conditional"] = {"html": shown[value]}
        items.append(item)
    return items


def _choices(bound: Field, look: Params, shown: Mapping[str, Markup]) -> Params:
    fieldset = _fieldset(bound, look)
    return fieldset | {"idPrefix": bound.id, "items": _items(bound, shown)}


def _tick(bound: Field, _look: Params, _shown: Mapping[str, Markup]) -> Params:
    item = {"value": "y", "checked": bool(bound.data)} | _words(bound.label.text)
    return {"idPrefix": bound.id, "items": [item]}


def _files(bound: Field, look: Params, _shown: Mapping[str, Markup]) -> Params:
    # The browser's own button is known to everybody, and says what was chosen. Our script only
    # counts: more than the server reads would be cut off, with the words beside the files.
    too_large = gettext(
        "These files are too large, so they were not added: we can take 25 MB each, and 100 MB "
        "together. Add large files one by one, or send a shorter recording. What you typed is "
        "still here."
    )
    counted = {
        "data-most-each": str(LARGEST_FILE),
        "data-most-together": str(MOST_BYTES_A_CASE),
        "data-too-large": too_large,
    }
    attributes = {**(bound.render_kw or {}), **counted}
    return {"label": _label(bound, look), "multiple": True, "attributes": attributes}


def _select(bound: Field, look: Params, shown: Mapping[str, Markup]) -> Params:
    items = [item | {"selected": item["checked"]} for item in _items(bound, shown)]
    return {"label": _label(bound, look), "items": items}


def _date(bound: Field, look: Params, _shown: Mapping[str, Markup]) -> Params:
    names = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    wrong = (bound.wrong_parts or DATE_PARTS) if bound.errors else ()
    items = [
        {
            "name": part,
            "label": names[part],
            "value": bound.typed[part],
            "classes": f"govuk-input--width-{_WIDTHS[part]}"
            + (" govuk-input--error" if part in wrong else ""),
        }
        for part in DATE_PARTS
    ]
    return _fieldset(bound, look) | {"namePrefix": bound.name, "items": items}


Build = Callable[[Field, Params, Mapping[str, Markup]], Params]
_GROUPS = {"radios", "checkboxes", "date-input"}
# The first class that fits decides, so a subclass stands before its base.
_KINDS: tuple[tuple[type[Field], str, str, Build], ...] = (
    (DayMonthYearField, "date-input", "govukDateInput", _date),
    (CheckboxesField, "checkboxes", "govukCheckboxes", _choices),
    (RadioField, "radios", "govukRadios", _choices),
    (SelectField, "select", "govukSelect", _select),
    (BooleanField, "checkboxes", "govukCheckboxes", _tick),
    (PasswordField, "password-input", "govukPasswordInput", _password),
    (MultipleFileField, "file-upload", "govukFileUpload", _files),
    (TextAreaField, "textarea", "govukTextarea", _textarea),
    (EmailField, "input", "govukInput", _input),
    (TelField, "input", "govukInput", _input),
    (IntegerField, "input", "govukInput", _input),
)


def _kind(bound: Field) -> tuple[str, str, Build]:
    for kind, component, macro, build in _KINDS:
        if isinstance(bound, kind):
            if build is _textarea and longest(bound):
                return "character-count", "govukCharacterCount", build
            return component, macro, build
    return "input", "govukInput", _input
