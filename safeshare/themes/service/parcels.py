"""How a case was coded, sealed so that only the worker can count it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from safeshare.gate import Door
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Place
from safeshare.themes.models import Parcel
from safeshare.themes.rules import period_of

PARCEL_BYTES = 512
"""What every parcel fills, however many themes it holds."""


@dataclass(frozen=True, slots=True)
class Coding:
    """What one parcel says. Of several for one case, the one with the greatest `at` counts."""

    case_id: UUID
    at: float
    themes: tuple[str, ...]


def prepare_parcel(door: Door, case_id: UUID, received_on: date, codes: Sequence[str]) -> Parcel:
    """The row for a coding done now; the caller adds it to its change.

    A case counts in the period in which it was received, whenever it is coded.
    """
    row_id = new_id()
    content = {"case": str(case_id), "at": door.clock.now().timestamp(), "themes": list(codes)}
    body = door.vault.seal_for_worker("themes", parcel_place(row_id), content, PARCEL_BYTES)
    return Parcel(id=row_id, period=period_of(received_on).key, body=body)


def open_parcel(door: Door, parcel: Parcel) -> Coding:
    """What a parcel says. Raises SealBrokenError where it was changed or moved."""
    content: dict[str, Any] = door.vault.open_for_worker(
        "themes", parcel_place(parcel.id), parcel.body
    )
    try:
        return Coding(UUID(content["case"]), float(content["at"]), tuple(content["themes"]))
    except (KeyError, TypeError, ValueError):
        raise SealBrokenError("a parcel is not one that we wrote") from None


def parcel_place(row_id: UUID) -> Place:
    """Where a parcel is sealed."""
    return Place(Parcel.__tablename__, str(row_id), "body")
