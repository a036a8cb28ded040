"""What people type, made safe to keep without changing what they said."""

import re
import unicodedata

from safeshare.kernel.errors import InvalidError

LONGEST_TEXT = 50_000
"""Characters (code points) of one long answer or message, counted after cleaning."""

LONGEST_REASON = 2_000
"""Characters of a reason that one person gives another."""

_NEVER_KEPT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Every Cc but tab and line feed, and every Cs: both are closed sets (Unicode, section 23.1, 23.6).
A class of characters, since asking for each character's category takes 30 ms for the longest text.
"""


def clean_text(typed: str) -> str:
    """The text with one kind of line end, no control characters and no blank edges.

    Control characters (Unicode Cc) but line feed and tab go, and lone surrogates (Cs), which no
    encoding can store. Everything else stays as typed, right-to-left marks and the joiners inside
    emoji (Cf) among it.
    """
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return _NEVER_KEPT.sub("", lines).strip()


def clean_line(typed: str) -> str:
    """The same on one line: every run of blanks becomes one space."""
    return " ".join(clean_text(typed).split())


def says_nothing(text: str) -> bool:
    """Whether a cleaned text shows nothing when printed: only blanks and invisible marks."""
    return all(c.isspace() or unicodedata.category(c) == "Cf" for c in text)


def clean_reason(typed: str) -> str:
    """A reason as it is kept. Nothing is ever cut off.

    Raises:
        InvalidError: it says nothing, or is longer than 2,000 characters.
    """
    reason = clean_text(typed)
    if says_nothing(reason):
        raise InvalidError("reason_missing", field="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidError("reason_too_long", field="reason")
    return reason
