"""Plain text as UTF-8 with one kind of line end and without invisible marks.

Characters that nobody sees can carry a copy's number. Joiners and marks of writing direction stay:
languages and emoji need them.
"""

import codecs
import re
from collections.abc import Callable
from typing import Final

from safeshare.cleaning.kinds import FileKind, Refusal, RefusedError
from safeshare.cleaning.sniffing import sniff

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_OLDER: Final = "cp1252"
"""What older Windows programs write."""

_ENCODINGS: Final = (*(encoding for _mark, encoding in _MARKS), _OLDER)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufe00-\ufe0d\ufeff\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_SPACES_AT_END: Final = re.compile(r"[^\S\n]+$", re.MULTILINE)


def cleaner(_kind: FileKind | None) -> Callable[[bytes], tuple[FileKind, bytes]]:
    """What cleans a plain text."""
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)  # Would be loaded only where a text needs it.
    return lambda data: (FileKind.TXT, clean_text_file(data))


def clean_text_file(data: bytes) -> bytes:
    """The text alone. RefusedError where it is no text, or is a web page or a program."""
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    if _CONTROL.search(text):
        raise RefusedError(Refusal.UNKNOWN)
    plain = _SPACES_AT_END.sub("", _INVISIBLE.sub("", text)).strip("\n")
    cleaned = plain.encode("utf-8")
    # Judged again as it will be read: UTF-16 and invisible marks hide what a text begins with.
    if sniff(cleaned) is not FileKind.TXT:
        raise RefusedError(Refusal.SEVERAL_KINDS)
    return cleaned + b"\n"


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, _OLDER)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise RefusedError(Refusal.UNKNOWN) from None
