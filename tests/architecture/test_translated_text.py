"""Every word that a template says goes through Flask-Babel, so that it can be translated."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, relative

TEMPLATES = sorted((ROOT / "safeshare/web").rglob("*.html"))
NAMES = {"SafeShare"}
"""What is the same in every language."""

_TRANSLATED = re.compile(
    r"""{%-?\s*trans\b.*?endtrans\s*-?%} | \b_\(\s*("[^"]*"|'[^']*') | \bngettext\(.*?\)""",
    re.DOTALL | re.VERBOSE,
)
_NOT_SAID = re.compile(r"{#.*?#}|<(script|style)\b.*?</\1>|\bd=\"[^\"]*\"", re.DOTALL)
_QUOTED = re.compile(r"""["']([A-Z][^"'<>]*[a-z][^"'<>]*)["']""")
_MARKUP = re.compile(r"{{.*?}}|{%.*?%}|<[^>]*>|[\w-]+=\"[^\"]*\"", re.DOTALL)
_WORDS = re.compile(r"[A-Za-z]{2,}[^\n]*")


def untranslated(template: str) -> list[str]:
    """What a template says past Flask-Babel: between its tags, or as a quoted sentence in one."""
    left = _TRANSLATED.sub("", _NOT_SAID.sub("", template))
    found = [*_QUOTED.findall(left), *_WORDS.findall(_MARKUP.sub("", left))]
    return [one.strip() for one in found if one.strip() not in NAMES]


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_cannot_say_anything_past_the_translations(path: Path) -> None:
    assert untranslated(path.read_text()) == []


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Call us</p>",
        '<a aria-label="Leave quickly" href="/">{{ _("Leave") }}</a>',
        '{{ button({"text": "Continue"}) }}',
        "{% if danger %}now{% endif %}",
    ],
)
def test_words_that_nobody_can_translate_are_found(planted: str) -> None:
    assert untranslated(f"<h1>{{{{ _('Start') }}}}</h1>{planted}") != []
