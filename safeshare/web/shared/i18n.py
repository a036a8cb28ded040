"""Words and dates as people in Britain read them."""

from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, g, has_app_context
from flask_babel import Babel, Domain, get_locale, get_translations, gettext

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
    _OneLook(app, locale_selector=_language)
    pages: Any = app.jinja_env  # The method comes with Jinja's extension for translations.
    pages.install_gettext_callables(
        gettext=lambda words: _catalogue().ugettext(words),
        ngettext=lambda one, more, number: _catalogue().ungettext(one, more, number),
        newstyle=True,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters |= {"day": day, "month": month, "moment": moment, "weekday": weekday}
    app.jinja_env.globals["page_language"] = page_language


def day(when: date) -> str:
    """A date such as 3 July 2026. An instant is first taken to London."""
    return _written(_in_london(when), _DAY, _locale())


def month(when: date) -> str:
    """The month of a date, such as July 2026."""
    return _written(when, _MONTH, _locale())


def weekday(when: date) -> str:
    """A date with its day of the week, such as Friday 3 July 2026."""
    return _written(_in_london(when), _WEEKDAY, _locale())


def moment(when: datetime) -> str:
    """An aware instant in London, such as 3 July 2026 at 5:30pm. For staff pages only.

    What a reporter did has a date and no time of day, so reporter pages use `day`.
    """
    return str(gettext("%(day)s at %(time)s", day=day(when), time=_clock(when)))


def page_language() -> str:
    """The language of the page for the `lang` attribute, such as en-GB."""
    return _locale().replace("_", "-")


class _Words(Domain):
    """Flask-Babel's words, whose language it would find anew for every phrase of a request."""

    def get_translations(self) -> Any:
        """The words of this request's language; outside a request, of none."""
        if not has_app_context():
            return super().get_translations()
        if "catalogue" not in g:
            g.catalogue = super().get_translations()
        return g.catalogue


class _OneLook(Babel):
    """Flask-Babel with these words."""

    @cached_property
    def domain_instance(self) -> Domain:
        """What finds the words of a phrase."""
        return _Words(domain=self.domain)


def _catalogue() -> Any:
    """The words of this request's language."""
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found


def _locale() -> str:
    """The language of this request, as Babel names it."""
    found: str | None = g.get("locale")
    if found is None:
        found = g.locale = str(get_locale())
    return found


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
    return LANGUAGES[0]
