from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from safeshare.vault.binding import bind, bind_place
from tests.vault.cast import TOLD, elsewhere

PARTS = st.lists(st.none() | st.text() | st.binary(), max_size=5)


def told_apart(part: str | bytes | None) -> bytes | None:
    return part.encode() if isinstance(part, str) else part


@given(PARTS, PARTS)
def test_two_lists_of_parts_cannot_be_written_alike(
    one: list[str | bytes | None], other: list[str | bytes | None]
) -> None:
    assume([told_apart(part) for part in one] != [told_apart(part) for part in other])
    assert bind("purpose", *one) != bind("purpose", *other)


def test_a_boundary_between_parts_cannot_move() -> None:
    assert (
        len({bind("p", "ab", "c"), bind("p", "a", "bc"), bind("p", "abc"), bind("pa", "bc")}) == 4
    )


def test_an_absent_part_cannot_pass_for_an_empty_one() -> None:
    assert bind("p", None) != bind("p", "")


def test_each_part_of_a_place_can_be_told_from_any_other() -> None:
    places = [TOLD, *elsewhere(TOLD)]
    assert len({bind_place("document", place) for place in places}) == len(places)


def test_a_place_cannot_serve_two_purposes() -> None:
    assert bind_place("document", TOLD) != bind_place("message", TOLD)


def test_the_written_form_can_be_read_from_this_example() -> None:
    """Everything sealed depends on these bytes: they may never change."""
    written = bind("p", "é", None, UUID(int=1), 12, b"\xff")
    assert written == (
        b"safeshare/1"
        b"\x01\x00\x00\x00\x01p"
        b"\x01\x00\x00\x00\x02\xc3\xa9"
        b"\x00"
        b"\x01\x00\x00\x00\x2400000000-0000-0000-0000-000000000001"
        b"\x01\x00\x00\x00\x0212"
        b"\x01\x00\x00\x00\x01\xff"
    )
