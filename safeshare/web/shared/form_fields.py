"""Form fields that WTForms lacks, and how typed text is tidied before it is judged."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup
from wtforms import Field, SelectChoice, SelectMultipleField

from safeshare.concerns.rules.text import clean_text
from safeshare.web.shared.i18n import gettext

DATE_PARTS = ("day", "month", "year")


def tidy_text(typed: str | None) -> str | None:
    """Typed text with one kind of line end and without invisible control characters.

    Letters of every language, emoji and writing direction stay as they were. Use it as a WTForms
    filter, so that a limit counts the same characters as the browser does.
    """
    return None if typed is None else clean_text(typed)


def choice(value: str, label: object, hint: object = "") -> SelectChoice:
    """One choice of radios, checkboxes or a select, with a hint below its label if there is one."""
    return SelectChoice(value, label, render_kw={"hint": hint} if hint else {})


class CheckboxesField(SelectMultipleField):
    """Any number of choices, drawn as checkboxes. Nothing ticked is an empty list."""


class HiddenValuesField(Field):
    """Several values that nobody sees. `data` is what came back, `drawn` what the page puts in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drawn: tuple[str, ...] = ()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what came back."""
        self.data = [str(one) for one in valuelist]

    def __call__(self, **_attributes: Any) -> Markup:
        """One hidden input for each value."""
        one = Markup('<input type="hidden" name="{}" value="{}">')
        return Markup("").join(one.format(self.name, value) for value in self.drawn)


class DayMonthYearField(Field):
    """A date typed as three numbers. `data` is a date, or None when nothing was typed.

    The three inputs are named NAME-day, NAME-month and NAME-year. What was typed is kept in
    `typed`, so that a wrong date is shown again; `wrong_parts` names the inputs to mend.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed: dict[str, str] = dict.fromkeys(DATE_PARTS, "")
        self.wrong_parts: tuple[str, ...] = ()

    def process_data(self, value: date | None) -> None:
        """Take the stored date."""
        self.data = value
        if value is not None:
            self.typed = {part: str(getattr(value, part)) for part in DATE_PARTS}

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the three inputs; WTForms itself looks for one input of the field's own name."""
        super().process(None, *args, **kwargs)
        if formdata is None or not any(f"{self.name}-{part}" in formdata for part in DATE_PARTS):
            return
        self.typed = {
            part: str(formdata.get(f"{self.name}-{part}", "")).strip() for part in DATE_PARTS
        }
        self.data = None
        # Optional and InputRequired ask the raw data whether anything was typed.
        self.raw_data = [text for text in self.typed.values() if text]
        if self.raw_data:
            self._read()

    def _read(self) -> None:
        missing = tuple(part for part in DATE_PARTS if not self.typed[part])
        if missing:
            self._refuse(missing, gettext("The date must include a day, a month and a year"))
            return
        numbers = [int(text) if text.isdecimal() else 0 for text in self.typed.values()]
        try:
            self.data = date(numbers[2], numbers[1], numbers[0])
        except (ValueError, OverflowError):
            self._refuse(_unlikely(numbers), gettext("The date must be a real date"))

    def _refuse(self, parts: tuple[str, ...], message: str) -> None:
        self.wrong_parts = parts
        self.process_errors = [message]


def _unlikely(numbers: Sequence[int]) -> tuple[str, ...]:
    day, month, year = numbers
    wrong = {"day": not 1 <= day <= 31, "month": not 1 <= month <= 12, "year": year < 1}
    return tuple(part for part, is_wrong in wrong.items() if is_wrong) or DATE_PARTS
