"""Words and dates as people in Britain read them."""

from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, LazyString

LONDON = ZoneInfo("Europe/London")
# The languages of the pages. A further one is a folder of `translations` and a word here.
LANGUAGES = ("en_GB",)

_TRANSLATIONS = Path(__file__).parent.parent / "translations"
_DAY = "d MMMM y"
_MONTH = "MMMM y"
_WEEKDAY = "EEEE d MMMM y"


def speak(app: Flask) -> None:
    """Set Flask-Babel up and give templates the filters for dates."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    app.config["BABEL_DEFAULT_TIMEZONE"] = LONDON.key
    Babel(app, locale_selector=_language)
    pages: Any = app.jinja_env  # The method comes with Jinja's extension for translations.
    pages.install_gettext_callables(gettext=gettext, ngettext=_number_words, newstyle=True)
    pages.globals["_"] = pages.globals["gettext"]  # Instead of a name that looks for it each time.
    pages.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters |= {"day": day, "month": month, "moment": moment, "weekday": weekday}
    app.jinja_env.globals["page_language"] = page_language


def gettext(words: str, /, **given: object) -> str:
    """Words in the language of this page. Flask-Babel's own `gettext` says the same, and finds the
    language anew for each of a page's hundred phrases.
    """
    said: str = _words_in(_language()).ugettext(words)
    return said % given if given else said


def ngettext(one: str, more: str, number: int, /, **given: object) -> str:
    """Words for one thing, or for several."""
    return _number_words(one, more, number) % {"num": number, **given}


def lazy_gettext(words: str, /, **given: object) -> LazyString:
    """Words that are put into the language of a page when it is drawn."""
    return LazyString(gettext, words, **given)


def day(when: date) -> str:
    """A date such as 3 July 2026. An instant is first taken to London."""
    return _written(_in_london(when), _DAY, _language())


def month(when: date) -> str:
    """The month of a date, such as July 2026."""
    return _written(when, _MONTH, _language())


def weekday(when: date) -> str:
    """A date with its day of the week, such as Friday 3 July 2026."""
    return _written(_in_london(when), _WEEKDAY, _language())


def moment(when: datetime) -> str:
    """An aware instant in London, such as 3 July 2026 at 5:30pm. For staff pages only.

    What a reporter did has a date and no time of day, so reporter pages use `day`.
    """
    return str(gettext("%(day)s at %(time)s", day=day(when), time=_clock(when)))


def number(many: int) -> str:
    """A number such as 50,000."""
    return format_decimal(many, locale=_language())


def page_language() -> str:
    """The language of the page for the `lang` attribute, such as en-GB."""
    return _language().replace("_", "-")


@lru_cache(maxsize=1024)
def _written(when: date, pattern: str, language: str) -> str:
    """A queue page writes the same few dates fifty times over."""
    return format_date(when, pattern, locale=language)


def _clock(when: datetime) -> str:
    local = when.astimezone(LONDON)
    if local.minute == 0 and local.hour in {0, 12}:
        return str(gettext("midday") if local.hour else gettext("midnight"))
    half = gettext("am") if local.hour < 12 else gettext("pm")
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{(local.hour - 1) % 12 + 1}{minutes}{half}"


def _in_london(when: date) -> date:
    return when.astimezone(LONDON).date() if isinstance(when, datetime) else when


def _language() -> str:
    """The language of this request, as Babel names it."""
    return LANGUAGES[0]


def _number_words(one: str, more: str, number: int) -> str:
    """Words for one thing, or for several, still to be filled in: Jinja escapes what it puts in."""
    said: str = _words_in(_language()).ungettext(one, more, number)
    return said


@cache
def _words_in(language: str) -> NullTranslations:
    return Translations.load(_TRANSLATIONS, [language])
