"""Files in chunks: in their order, whole, and nowhere else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Place, Sealed, StreamKey
from safeshare.vault import Vault
from safeshare.vault.streams import CHUNK_BYTES

PLACE = Place("file_chunk", "a file", "clean")


def chunk(number: int) -> bytes:
    return bytes([number]) * CHUNK_BYTES


def sealed(vault: Vault, count: int = 3) -> tuple[StreamKey, list[Sealed]]:
    sealer = vault.new_stream(PLACE)
    rows = [sealer.seal(chunk(one), is_last=one == count - 1) for one in range(count)]
    return sealer.key, rows


def opened(vault: Vault, key: StreamKey, rows: list[Sealed], place: Place = PLACE) -> list[bytes]:
    return [
        vault.open_chunk(key, place, at, row, is_last=at == len(rows) - 1)
        for at, row in enumerate(rows)
    ]


def test_a_holder_of_the_key_can_read_every_chunk(vault: Vault) -> None:
    key, rows = sealed(vault)
    assert opened(vault, key, rows) == [chunk(0), chunk(1), chunk(2)]


def test_every_sealed_chunk_has_one_size_and_tells_nothing(vault: Vault) -> None:
    _key, rows = sealed(vault)
    assert {len(row.blob) for row in rows} == {CHUNK_BYTES + 17}
    assert all(chunk(0)[:64] not in row.blob for row in rows)


@pytest.mark.parametrize(
    "order",
    [(1, 0, 2), (0, 0, 2), (0, 2), (0, 1), (1, 2), (0, 1, 2, 2), (0, 1, 1)],
    ids=["swapped", "repeated", "one left out", "cut off", "begun late", "longer", "no last"],
)
def test_a_thief_cannot_move_repeat_or_cut_off_chunks(vault: Vault, order: tuple[int, ...]) -> None:
    key, rows = sealed(vault)
    with pytest.raises(SealBrokenError):
        opened(vault, key, [rows[one] for one in order])


def test_a_chunk_does_not_open_in_another_file_part_or_table(vault: Vault) -> None:
    key, rows = sealed(vault)
    for other in (
        replace(PLACE, row="another"),
        replace(PLACE, field="original"),
        replace(PLACE, table="message"),
    ):
        with pytest.raises(SealBrokenError):
            opened(vault, key, rows, other)


def test_a_chunk_does_not_open_under_another_key_or_suite(vault: Vault) -> None:
    key, rows = sealed(vault)
    other = vault.new_stream(PLACE).key
    assert other.raw != key.raw
    for wrong in (other, StreamKey(key.raw, 2), StreamKey(key.raw, 9), StreamKey(b"short", 1)):
        with pytest.raises(SealBrokenError):
            opened(vault, wrong, rows)
    assert key.raw.hex() not in repr(key)


@given(at=st.integers(0, CHUNK_BYTES + 16), bit=st.integers(0, 7))
def test_a_changed_chunk_does_not_open(vault: Vault, at: int, bit: int) -> None:
    sealer = vault.new_stream(PLACE)
    blob = bytearray(sealer.seal(bytes(CHUNK_BYTES), is_last=True).blob)
    blob[at] ^= 1 << bit
    with pytest.raises(SealBrokenError):
        vault.open_chunk(sealer.key, PLACE, 0, Sealed(bytes(blob)), is_last=True)


def test_a_torn_chunk_does_not_open(vault: Vault) -> None:
    key, rows = sealed(vault, 1)
    for length in (0, 1, 16, 17, CHUNK_BYTES):
        with pytest.raises(SealBrokenError):
            opened(vault, key, [Sealed(rows[0].blob[:length])])


def test_a_stream_takes_whole_chunks_and_none_after_its_last(vault: Vault) -> None:
    sealer = vault.new_stream(PLACE)
    for wrong in (b"", bytes(CHUNK_BYTES - 1), bytes(CHUNK_BYTES + 1)):
        with pytest.raises(ValueError, match="1 MiB"):
            sealer.seal(wrong, is_last=False)
    sealer.seal(bytes(CHUNK_BYTES), is_last=True)
    with pytest.raises(ValueError, match="none after"):
        sealer.seal(bytes(CHUNK_BYTES), is_last=True)
