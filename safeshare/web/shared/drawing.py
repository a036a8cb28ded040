"""Calling the macros of GOV.UK Frontend."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from markupsafe import Markup

_MACROS = "govuk_frontend_jinja/components/{}/macro.html"

_MOST_KEPT = 1024
_kept: dict[tuple[str, str], Markup] = {}


def draw(component: str, macro: str, params: Mapping[str, Any]) -> Markup:
    """Call one macro of GOV.UK Frontend."""
    template = current_app.jinja_env.get_template(_MACROS.format(component))
    drawn: Markup = getattr(template.module, macro)(params)
    return drawn


def draw_once(component: str, macro: str, params: Mapping[str, Any]) -> Markup:
    """The same for what many pages show alike: a macro takes up to a millisecond.

    What is drawn stays in memory while the process lives. Never pass what anybody typed, and
    nothing that was sealed.
    """
    # As they are written, markup differs from a plain text of the same letters.
    alike = (macro, repr(params))
    drawn = _kept.get(alike)
    if drawn is None:
        drawn = draw(component, macro, params)
        if len(_kept) < _MOST_KEPT:
            _kept[alike] = drawn
    return drawn
