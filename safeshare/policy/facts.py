"""What the policy asks to be told."""

from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy needs to know of the thing acted on. Nothing is true unless it was found.

    `is_kept_out`: the asker has a key of the case, and has come to be kept out of it since.
    `held_case` is the case that the asker holds: the entry of a refusal may name it.
    """

    is_party: bool = False
    is_holder: bool = False
    has_attested: bool = False
    is_self: bool = False
    is_in_queue: bool = False
    is_without_overseer: bool = False
    is_keeper: bool = False
    is_its_overseer: bool = False
    is_correspondent: bool = False
    is_kept_out: bool = False
    held_case: UUID | None = None


_TRUE: dict[str, Any] = {one.name: True for one in fields(Facts) if one.default is False}

ALL_TRUE = Facts(**_TRUE)
"""Everything that a fact can say is so."""
