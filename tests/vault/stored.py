"""Reads and writes known answers: values that were sealed once and must open for ever.

Everything in them is fictional, keys included. Files are JSON; bytes are base64.
"""

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from safeshare.kernel.sealed import Compartment, Place, Sealed
from safeshare.vault import KeyFiles, NewestRevisions
from safeshare.vault.key_folder import make_folder, write_key

FOLDER = Path(__file__).with_name("vectors")


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def as_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def as_bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def as_sealed(text: str) -> Sealed:
    return Sealed(as_bytes(text))


def written_place(place: Place) -> dict[str, Any]:
    parts = asdict(place)
    return {name: str(part) if isinstance(part, UUID) else part for name, part in parts.items()}


def as_place(parts: dict[str, Any]) -> Place:
    return Place(
        table=parts["table"],
        row=parts["row"],
        field=parts["field"],
        case_id=UUID(parts["case_id"]) if parts["case_id"] else None,
        compartment=Compartment(parts["compartment"]) if parts["compartment"] else None,
        party_id=UUID(parts["party_id"]) if parts["party_id"] else None,
        key_number=parts["key_number"],
    )


def installation(folder: Path) -> KeyFiles:
    """The key files of the installation that sealed the known answers."""
    for path in (folder, folder / "session", folder / "worker", folder / "public"):
        make_folder(path)
    for name, key in read("installation").items():
        write_key(folder / name, key["name"], as_bytes(key["key"]))
    NewestRevisions.create(folder / "newest")
    return KeyFiles.load(folder)
