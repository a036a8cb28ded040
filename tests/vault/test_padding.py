from math import floor, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError, SealBrokenError
from safeshare.vault.padding import (
    KIB,
    PADME_BEYOND,
    pad_by_size,
    pad_exactly,
    pad_to_step,
    padme,
    unpad,
)
from tests.tampering import flipped

CONTENT = st.binary(max_size=5000)
STEP = st.sampled_from([64, 512, KIB, 2 * KIB])


@given(CONTENT, STEP)
def test_a_padded_content_can_be_read_back(content: bytes, step: int) -> None:
    assert unpad(pad_to_step(content, step)) == content
    assert unpad(pad_by_size(content, step)) == content
    assert unpad(pad_exactly(content, 6000)) == content


@given(CONTENT, STEP)
def test_a_stepped_content_can_only_have_the_least_multiple_of_its_step(
    content: bytes, step: int
) -> None:
    size = len(pad_to_step(content, step))
    assert size % step == 0
    assert size - step < len(content) + 4 <= size


@pytest.mark.parametrize(
    ("content_bytes", "step", "padded_bytes"),
    [
        (0, 2 * KIB, 2048),
        (2044, 2 * KIB, 2048),
        (2045, 2 * KIB, 4096),
        (16 * KIB - 4, 2 * KIB, 16 * KIB),
        (16 * KIB - 3, 2 * KIB, 17 * KIB),
        (0, KIB, 1024),
        (1020, KIB, 1024),
        (1021, KIB, 2048),
        (16 * KIB - 3, KIB, 17 * KIB),
        (50_000, 2 * KIB, 51_200),
        (1_000_000, 2 * KIB, 1_015_808),
    ],
)
def test_a_document_can_have_only_the_sizes_of_the_blueprint(
    content_bytes: int, step: int, padded_bytes: int
) -> None:
    assert len(pad_by_size(b"x" * content_bytes, step)) == padded_bytes


@given(st.integers(min_value=2, max_value=1 << 40))
def test_padme_can_add_at_most_an_eighth_and_leaves_few_leading_bits(length: int) -> None:
    padded = padme(length)
    exponent = floor(log2(length)) if length < 1 << 40 else 40
    assert length <= padded <= length * 1.125
    assert padded % (1 << (exponent - floor(log2(exponent)) - 1 if exponent > 1 else 0)) == 0
    assert padme(padded) == padded


@given(st.integers(min_value=PADME_BEYOND, max_value=1 << 30))
def test_padme_can_never_make_a_longer_content_the_shorter_one(length: int) -> None:
    assert padme(length) <= padme(length + 1)


def test_a_content_cannot_be_padded_to_fewer_bytes_than_it_has() -> None:
    assert len(pad_exactly(b"x" * 60, 64)) == 64
    with pytest.raises(InvalidError):
        pad_exactly(b"x" * 61, 64)


@pytest.mark.parametrize("padded", [b"", b"\x00\x00", b"\x00\x00\x00\x01", b"\x00\x00\x00\x01ab"])
def test_bytes_that_no_padding_makes_cannot_be_read(padded: bytes) -> None:
    with pytest.raises(SealBrokenError):
        unpad(padded)


@given(st.integers(min_value=0, max_value=64 * 8 - 1))
def test_a_padding_cannot_hide_other_bytes(bit: int) -> None:
    padded = pad_exactly(b"some content", 64)
    spoilt = flipped(padded, bit)
    try:
        assert unpad(spoilt) != b"some content"
    except SealBrokenError:
        assert spoilt != padded
