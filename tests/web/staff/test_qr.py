"""The picture for authenticator apps, read back the way that an app does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.web.staff.phone_secret import totp_address, totp_picture
from safeshare.web.staff.qr import _BLOCKS, _MASKS, _Grid, multiply, qr_modules

MOST = 213


def read(modules: list[list[bool]]) -> tuple[bytes, list[bytes]]:
    """The content of a code, and its blocks with their check bytes."""
    version = (len(modules) - 17) // 4
    plan = _Grid(version)
    plan.draw_patterns()
    plan.fill(b"")
    mask = _mask_of(modules)
    bits = "".join(str(int(modules[y][x] != _MASKS[mask](y, x))) for y, x in plan.free)
    words = [int(bits[start : start + 8], 2) for start in range(0, len(bits) - 7, 8)]
    check, lengths = _BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in lengths]
    taken = iter(words)
    for place in range(max(lengths)):
        for number, length in enumerate(lengths):
            if place < length:
                blocks[number].append(next(taken))
    data = [one for block in blocks for one in block]
    for _ in range(check):
        for block in blocks:
            block.append(next(taken))
    return _content(bytes(data), version), [bytes(block) for block in blocks]


def _mask_of(modules: list[list[bool]]) -> int:
    """The number of the mask, from the three format bits beside the first finder."""
    bits = [modules[8][2], modules[8][3], modules[8][4]]
    return (bits[0] << 2 | bits[1] << 1 | bits[2]) ^ 0b101


def _content(data: bytes, version: int) -> bytes:
    bits = "".join(f"{one:08b}" for one in data)
    count = 8 if version < 10 else 16
    assert bits[:4] == "0100"
    length = int(bits[4 : 4 + count], 2)
    start = 4 + count
    return bytes(int(bits[start + 8 * one : start + 8 * one + 8], 2) for one in range(length))


def syndromes(block: bytes, check: int) -> list[int]:
    """Zero for each root of the generator, where the check bytes are right (Reed-Solomon)."""
    found, root = [], 1
    for _ in range(check):
        value = 0
        for one in block:
            value = multiply(value, root) ^ one
        found.append(value)
        root = multiply(root, 2)
    return found


@given(st.binary(min_size=1, max_size=MOST))
def test_an_app_can_read_what_was_drawn(content: bytes) -> None:
    modules = qr_modules(content)
    found, blocks = read(modules)
    check = _BLOCKS[(len(modules) - 17) // 4][0]
    assert found == content
    assert all(not any(syndromes(block, check)) for block in blocks)


@pytest.mark.parametrize("length", [14, 15, 62, 63, 152, 180, 181, MOST])
def test_a_code_is_as_small_as_its_content_lets_it_be(length: int) -> None:
    sizes = {14: 21, 15: 25, 62: 33, 63: 37, 152: 49, 180: 53, 181: 57, MOST: 57}
    modules = qr_modules(b"x" * length)
    assert len(modules) == sizes[length] == len(modules[0])
    for top, left in ((0, 0), (0, len(modules) - 7), (len(modules) - 7, 0)):
        finder = [modules[top + y][left : left + 7] for y in range(7)]
        assert [sum(row) for row in finder] == [7, 2, 5, 5, 5, 2, 7]


def test_a_content_that_is_too_long_cannot_be_drawn_and_leaves_the_page_its_text() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr_modules(b"x" * (MOST + 1))
    assert totp_picture("x" * (MOST + 1)) == ""


def test_the_picture_says_whose_account_it_is_and_no_name_can_break_out_of_it() -> None:
    address = totp_address("JBSWY3DPEHPK3PXP", "r.osei@x", 'Fire & "Rescue"')
    assert address == (
        "otpauth://totp/Fire%20%26%20%22Rescue%22:r.osei%40x"
        "?secret=JBSWY3DPEHPK3PXP&issuer=Fire%20%26%20%22Rescue%22"
    )
    picture = totp_picture(address)
    assert picture.startswith("<svg")
    assert "script" not in picture
