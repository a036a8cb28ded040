"""What programs that draw plans write between the lines of a PDF goes, and all that is drawn stays,
however much of both there is.
"""

import io

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.cleaning.kinds import FileKind, Limits
from safeshare.cleaning.pdf import clean_pdf
from tests.cleaning import made
from tests.cleaning.made import SECRET
from tests.cleaning.test_child import through_child

NOTE = f"% drawn by {SECRET}".encode()
PIECES = (
    NOTE,
    b"q 1 0 0 1 20 30.5 cm",
    rb"(60% of it) Tj",
    rb"(a \) % b \\) Tj",
    b"(one (two % three) four) Tj",
    b"(over\ntwo % lines) Tj",
    b"<48 65> Tj",
    b"/BI gs",
    b"BI /W 1 /H 1 /BPC 8 /CS /G ID %\nEI",
    b"BI /W 4 /H 1 /BPC 8 /CS /G ID (%a\xff\nEI",
    b"/Span <</ActualText (50% more)>> BDC EMC",
    f"/Span <</Own ({SECRET})>> BDC EMC".encode(),
    b"/Title",
    b"[(a)-20(%)] TJ",
)
GAPS = (b"\n", b"\r", b"\r\n", b" \n")


def with_words(words: bytes) -> bytes:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    page.obj["/Contents"] = document.make_indirect(pikepdf.Stream(document, words))
    return made.saved(document)


def words_of(copy: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(copy)) as document:
        return document.pages[0].Contents.read_bytes()


def drawn(words: bytes) -> bytes:
    """What a reader makes of it: every operation, but without strings that nobody is shown."""
    with pikepdf.open(io.BytesIO(with_words(words))) as document:
        done = pikepdf.parse_content_stream(document.pages[0])
        return pikepdf.unparse_content_stream(done).replace(SECRET.encode(), b"")


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), max_size=12))
def test_no_comment_stays_and_everything_that_is_drawn_does(
    pieces: list[tuple[bytes, bytes]],
) -> None:
    words = b"".join(piece + gap for piece, gap in pieces)
    copy = words_of(clean_pdf(with_words(words)))
    assert SECRET.encode() not in copy
    assert drawn(copy) == drawn(words)


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_comment_at_the_end_goes_and_parts_nothing_that_stood_together(end: bytes) -> None:
    assert words_of(clean_pdf(with_words(b"1 0 m" + NOTE + b"\r3 4 l S " + NOTE + end))) == (
        b"1 0 m\r3 4 l S " + end
    )


def test_a_large_plan_with_a_comment_at_every_line_is_cleaned_in_time() -> None:
    """Token by token this took 15 seconds of the 20 that a child has."""
    line = b"1024.5 768.25 m 1030 770 l S " + NOTE + b"\n(Room \\(a\\) 60%) Tj\n"
    plan = with_words(line * (18_000_000 // len(line)))
    found, copy = through_child(plan, Limits(cpu_seconds=6))
    assert found is FileKind.PDF
    left = words_of(copy)
    assert SECRET.encode() not in left
    assert left.count(b"(Room \\(a\\) 60%) Tj") == plan.count(b"(Room \\(a\\) 60%) Tj")
