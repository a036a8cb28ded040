"""Values that hold secrets or ciphertext, and the place a ciphertext belongs to.

None of them shows its contents in `repr`, so that a traceback or a log line tells nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ciphertext with its format byte. The only thing that a sealed column accepts."""

    blob: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A suite byte and a raw public key: what grants are sealed to."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A suite byte and a raw private key."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CompartmentKey:
    """The 32 random bytes of one numbered key of one compartment, and the one suite of its life.

    What the suite bytes stand for is said in `vault/aead.py`.
    """

    raw: bytes = field(repr=False)
    number: int = 1
    suite: int = 1


@dataclass(frozen=True, slots=True)
class StreamKey:
    """The 32 random bytes that seal one stream of chunks, and by which suite."""

    raw: bytes = field(repr=False)
    suite: int


@dataclass(frozen=True, slots=True)
class AccessCode:
    """Eight words of the EFF short list 2.0: the reporter's only secret."""

    words: tuple[str, ...] = field(repr=False)


class Compartment(StrEnum):
    """The parts of a case, each with its own keys and its own grants."""

    CONVERSATION = "conversation"
    WORK = "work"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lives. Every part is bound into it, so that a moved value does not open.

    `case_id`, `compartment` and `party_id` are None for values outside a case. `party_id` is set
    only in a conversation compartment. `row` is the text of the row's primary key.
    """

    table: str
    row: str
    field: str
    case_id: UUID | None = None
    compartment: Compartment | None = None
    party_id: UUID | None = None
    key_number: int = 1
