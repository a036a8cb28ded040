"""The pure rules of files: how large, how many, and what is told of them."""

from safeshare.files.rules.limits import (
    CHUNK_BYTES,
    MOST_BYTES_A_CASE,
    MOST_FILES_A_CASE,
    check_room,
    chunks_for,
)
from safeshare.files.rules.manifest import manifest_of
from safeshare.files.rules.names import (
    given_name,
    is_picture,
    media_type,
    neutral_name,
    original_name,
)

__all__ = [
    "CHUNK_BYTES",
    "MOST_BYTES_A_CASE",
    "MOST_FILES_A_CASE",
    "check_room",
    "chunks_for",
    "given_name",
    "is_picture",
    "manifest_of",
    "media_type",
    "neutral_name",
    "original_name",
]
