"""Who the reporter is and how to reach them: two small records, each of one fixed size."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum

from safeshare.concerns.rules.text import clean_line, says_nothing
from safeshare.kernel.errors import InvalidError

RECORD_ROOM = 448
"""Bytes of a 512-byte record that its text may take, JSON escapes counted.

The rest is for the names of the fields and the vault's own frame. Every case has the record, so
that neither its presence nor its length tells anything.
"""

LONGEST_ADDRESS = 254
"""Characters of an e-mail address (RFC 5321 section 4.5.3.1.3, less the angle brackets)."""

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)

IDENTITY_FIELDS = ("name", "phone", "reach")
"""What a confidential or named reporter may tell: name, telephone, how and when to reach them."""


class Mode(StrEnum):
    """How a reporter is known."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"
    NAMED = "named"


def mode_of(answer: object) -> Mode:
    """The way to be known that was chosen; anonymous when nothing was."""
    return Mode(answer) if isinstance(answer, str) and answer else Mode.ANONYMOUS


def identity_record(mode: Mode, given: Mapping[str, str]) -> dict[str, str]:
    """What the identity compartment seals. An anonymous reporter's is empty, whatever was typed.

    Raises:
        InvalidError: it does not fit the record; `field` is the longest one.
    """
    if mode is Mode.ANONYMOUS:
        return {}
    cleaned = {field: clean_line(given.get(field, "")) for field in IDENTITY_FIELDS}
    record = {field: line for field, line in cleaned.items() if not says_nothing(line)}
    room = {field: len(json.dumps(line)) for field, line in record.items()}
    if sum(room.values()) > RECORD_ROOM:
        raise InvalidError("too_long", field=max(room, key=lambda field: room[field]))
    return record


def contact_address(typed: str) -> str | None:
    """The personal address for neutral nudges, or None when none was given.

    Raises:
        InvalidError: it cannot be an e-mail address, or could forge a header.
    """
    address = clean_line(typed)
    if not address:
        return None
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not _ADDRESS.fullmatch(address):
        raise InvalidError("not_an_address", field="address")
    return address
