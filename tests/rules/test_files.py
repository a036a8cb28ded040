"""How much may be attached, how sizes are hidden, and what a file is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.cleaning.kinds import LARGEST_FILE, FileKind
from safeshare.files.rules import (
    CHUNK_BYTES,
    MOST_BYTES_A_CASE,
    MOST_FILES_A_CASE,
    check_room,
    chunks_for,
    given_name,
    is_picture,
    media_type,
    neutral_name,
    original_name,
)
from safeshare.kernel.errors import InvalidError

SIZES = st.lists(st.integers(1, LARGEST_FILE), max_size=45)


@given(st.integers(0, LARGEST_FILE))
def test_a_file_fits_its_step_and_wastes_at_most_half_of_a_large_one(size: int) -> None:
    chunks = chunks_for(size)
    assert size <= chunks * CHUNK_BYTES
    assert chunks in {1, 2, 4, 8, 16, 25}
    assert chunks == 1 or size > chunks * CHUNK_BYTES / 2


def test_no_file_is_larger_than_the_largest() -> None:
    with pytest.raises(ValueError, match="no file"):
        chunks_for(LARGEST_FILE + 1)


@given(SIZES, SIZES)
def test_files_are_taken_while_there_is_room_and_not_after(
    before: list[int], new: list[int]
) -> None:
    fits = len(before) + len(new) <= MOST_FILES_A_CASE
    fits = fits and sum(before) + sum(new) <= MOST_BYTES_A_CASE
    if fits:
        check_room(before, new)
        return
    with pytest.raises(InvalidError) as refused:
        check_room(before, new)
    assert refused.value.field == "files"


@given(st.text(max_size=400))
def test_a_given_name_is_short_one_line_and_leads_nowhere(typed: str) -> None:
    name = given_name(typed)
    assert len(name.encode()) <= 150
    assert not set(name) & set('/\\<>:"|?*\r\n\t\x00\u202e')
    assert name == given_name(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("", ""),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\evelyn\\letter.pdf", "letter.pdf"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("  .hidden. ", "hidden"),
        ("r\u00e9sum\u00e9 \U0001f525.docx", "r\u00e9sum\u00e9 \U0001f525.docx"),
    ],
)
def test_a_given_name_is_tidied(typed: str | None, kept: str) -> None:
    assert given_name(typed) == kept


@pytest.mark.parametrize("kind", FileKind)
def test_a_reader_gets_a_name_that_tells_nothing(kind: FileKind) -> None:
    name = neutral_name(3, kind)
    assert name.startswith("file-3.")
    assert name.isascii()
    assert is_picture(kind) == media_type(kind).startswith("image/")
    assert original_name(3) == "file-3-original.bin"


def test_only_pictures_are_shown_and_an_original_is_only_bytes() -> None:
    shown = {kind for kind in FileKind if is_picture(kind)}
    assert shown == {FileKind.JPEG, FileKind.PNG, FileKind.HEIC}
    assert media_type(None) == "application/octet-stream"
