"""Every format, spoilt in every way a writer of the database has: each single byte changed, cut
short at each length, lengthened, exchanged for a value of another format.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pytest

from safeshare.kernel.errors import MisconfiguredError, SealBrokenError, WrongSecretError
from safeshare.kernel.keys import RecoveryBox, SignedRecord
from safeshare.kernel.sealed import Place, Sealed
from safeshare.vault import Vault, streams
from safeshare.vault.aead import CHACHA20_POLY1305
from safeshare.vault.hpke import HYBRID, X25519
from safeshare.vault.streams import CHUNK_BYTES
from tests.vault.cast import ANOTHER, CASE, GRANT, OUTSIDE, PARTY, TOLD, key_pair

CONTENT = {"told": "what was told"}
PASSPHRASE = "eight watch-room doors"
PRF = bytes(range(32))
REFUSALS = (SealBrokenError, WrongSecretError, MisconfiguredError)
"""The last where a value says that it is sealed to a suite of which the worker has no key."""
EVERY = 1
OF_A_CHUNK = 8191
"""Every so-manieth byte of a mebibyte is changed, and each at its ends; a prime. To change each of
them would take a quarter of an hour: a small chunk, by the same code, is changed byte by byte.
"""
SMALL = 1000


@dataclass(frozen=True)
class Format:
    """A sealed value and what opens it: returns what was sealed, or raises one of `REFUSALS`."""

    name: str
    sealed: Sealed
    open: Callable[[Sealed], object]
    step: int = EVERY

    def positions(self) -> Iterable[int]:
        """The bytes to change, or lengths to cut to."""
        length = len(self.sealed.blob)
        ends = {*range(min(64, length)), *range(max(0, length - 64), length)}
        return sorted(ends | set(range(0, length, self.step)))


def of_a_compartment(vault: Vault, suite: int) -> Iterator[Format]:
    vault = replace(vault, content_suite=suite)
    key = vault.new_compartment_key()
    document, record = (
        vault.seal_document(key, TOLD, CONTENT),
        vault.seal_record(key, TOLD, CONTENT),
    )
    yield Format("document", document, partial(vault.open_document, key, TOLD))
    yield Format("record", record, partial(vault.open_record, key, TOLD))
    roll, message = vault.seal_roll(key, TOLD, CONTENT), vault.seal_message(key, TOLD, "text")
    yield Format("roll", roll, partial(vault.open_roll, key, TOLD))
    yield Format("message", message, partial(vault.open_message, key, TOLD))


def of_people(vault: Vault, suite: int) -> Iterator[Format]:
    private_key, public_key = key_pair(suite)
    grant = vault.grant(vault.new_compartment_key(), GRANT, public_key)
    yield Format("grant", grant, lambda value: vault.open_grant(value, GRANT, private_key))
    parked = vault.seal_to_person(public_key, OUTSIDE, CONTENT)
    yield Format("parked form", parked, partial(vault.open_from_person, private_key, OUTSIDE))


def of_the_server(vault: Vault, suite: int) -> Iterator[Format]:
    """Each suite at a place of its own: at one place the server opens both."""
    place = replace(OUTSIDE, row=str(suite))
    secret = replace(vault, content_suite=suite).seal_server(place, b"a six-digit secret")
    yield Format("server", secret, partial(vault.open_server, place))


def of_the_installation(vault: Vault) -> Iterator[Format]:
    cookie = vault.new_session().cookie_value
    box = vault.seal_session(cookie, CONTENT, "staff")[1]
    yield Format("session", box, lambda value: vault.open_session(cookie, value, "staff"))
    parcel = vault.seal_for_worker("themes", OUTSIDE, CONTENT, 512)
    yield Format("worker box", parcel, partial(vault.open_for_worker, "themes", OUTSIDE))
    stream = vault.new_stream(OUTSIDE)
    chunk = stream.seal(bytes(CHUNK_BYTES), is_last=True)
    opened = partial(vault.open_chunk, stream.key, OUTSIDE, 0, is_last=True)
    yield Format("chunk of a file", chunk, opened, OF_A_CHUNK)


def of_staff(vault: Vault) -> Iterator[Format]:
    kept = vault.enrol_staff(CASE, PASSPHRASE)
    proof = (CASE, PASSPHRASE, kept.salt, kept.verifier)
    yield Format("wrapped key", kept.wrapped, partial(vault.unlock_staff, *proof))
    code = (CASE, kept.recovery_code)
    yield Format("recovery wrap", kept.recovery_wrap, partial(vault.recover_staff_key, *code))
    wrapped = vault.wrap_for_passkey(CASE, kept.private_key, PRF)
    yield Format("passkey", wrapped, lambda value: vault.unwrap_from_passkey(CASE, value, PRF))


def of_recovery(vault: Vault) -> Iterator[Format]:
    made = vault.recovery_init([CASE, PARTY, ANOTHER], 2)
    codes = {officer.officer_id: officer.printed_code for officer in made.officers}
    box = made.boxes[0]

    def opened(value: Sealed) -> object:
        return vault.recovery_open(codes, [RecoveryBox(box.set_id, box.officers, value)])

    yield Format("recovery nest", box.sealed, opened)


FORMATS: dict[str, Callable[[Vault], Iterator[Format]]] = {
    "content in the first suite": partial(of_a_compartment, suite=1),
    "content in the second suite": partial(of_a_compartment, suite=CHACHA20_POLY1305),
    "people with X25519": partial(of_people, suite=X25519),
    "people with the hybrid": partial(of_people, suite=HYBRID),
    "the server in the first suite": partial(of_the_server, suite=1),
    "the server in the second suite": partial(of_the_server, suite=CHACHA20_POLY1305),
    "the installation": of_the_installation,
    "staff": of_staff,
    "recovery": of_recovery,
}
EACH = pytest.mark.parametrize("formats", FORMATS.values(), ids=FORMATS)


def changed(sealed: Sealed, position: int) -> Sealed:
    blob = bytearray(sealed.blob)
    blob[position] ^= 1 + position % 255
    return Sealed(bytes(blob))


def is_refused(one: Format, value: Sealed) -> bool:
    try:
        one.open(value)
    except REFUSALS:
        return True
    return False


@EACH
def test_nobody_can_change_any_single_byte(
    vault: Vault, formats: Callable[[Vault], Iterator[Format]]
) -> None:
    for one in formats(vault):
        one.open(one.sealed)
        taken = [n for n in one.positions() if not is_refused(one, changed(one.sealed, n))]
        assert taken == [], one.name


def test_nobody_can_change_any_single_byte_of_a_small_chunk(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHUNK_BYTES", SMALL)
    stream = vault.new_stream(OUTSIDE)
    sealed = stream.seal(bytes(SMALL), is_last=True)
    opened = partial(vault.open_chunk, stream.key, OUTSIDE, 0, is_last=True)
    one = Format("small chunk of a file", sealed, opened)
    assert one.open(sealed) == bytes(SMALL)
    positions = list(one.positions())
    assert len(positions) == len(sealed.blob) == 1 + SMALL + 16
    assert [n for n in positions if not is_refused(one, changed(sealed, n))] == []


@EACH
def test_nobody_can_cut_a_value_short_or_lengthen_it(
    vault: Vault, formats: Callable[[Vault], Iterator[Format]]
) -> None:
    for one in formats(vault):
        for length in list(one.positions())[:: 7 if one.step == EVERY else 1]:
            assert is_refused(one, Sealed(one.sealed.blob[:length])), (one.name, length)
        for more in (b"\x00", b"\x00" * 16, one.sealed.blob):
            assert is_refused(one, Sealed(one.sealed.blob + more)), one.name


def test_no_format_can_pass_for_another(vault: Vault) -> None:
    everything = [one for formats in FORMATS.values() for one in formats(vault)]
    assert len(everything) == 21
    for one in everything:
        for other in everything:
            if other is not one:
                assert is_refused(one, other.sealed), (one.name, other.name)


def test_no_byte_of_a_signature_can_be_changed(vault: Vault) -> None:
    _private_key, public_key = key_pair(HYBRID)
    record = SignedRecord("staff", str(CASE), 3, {"state": "active"})
    grant = vault.grant(vault.new_compartment_key(), GRANT, public_key)
    mac, grant_mac = vault.eligibility_mac(record), vault.grant_mac(GRANT, "staff", grant)
    assert vault.eligibility_valid(record, mac)
    assert vault.grant_valid(GRANT, "staff", grant, grant_mac)
    for position in range(32):
        assert not vault.eligibility_valid(record, changed(Sealed(mac), position).blob)
        spoilt = changed(Sealed(grant_mac), position).blob
        assert not vault.grant_valid(GRANT, "staff", grant, spoilt)
    for position in range(len(grant.blob)):
        assert not vault.grant_valid(GRANT, "staff", changed(grant, position), grant_mac)


@pytest.mark.parametrize("suite", [X25519, HYBRID])
def test_a_grant_cannot_be_moved_to_another_case_or_person(vault: Vault, suite: int) -> None:
    mine, my_public = key_pair(suite)
    theirs, _their_public = key_pair(suite)
    grant = vault.grant(vault.new_compartment_key(), GRANT, my_public)
    mac = vault.grant_mac(GRANT, "staff", grant)
    elsewhere: list[Place] = [
        replace(GRANT, case_id=ANOTHER),
        replace(GRANT, party_id=ANOTHER),
        replace(GRANT, row=str(ANOTHER)),
    ]
    for place in elsewhere:
        assert not vault.grant_valid(place, "staff", grant, mac)
        with pytest.raises(SealBrokenError):
            vault.open_grant(grant, place, mine)
    assert not vault.grant_valid(GRANT, "party", grant, mac)
    with pytest.raises(SealBrokenError):
        vault.open_grant(grant, GRANT, theirs)


def test_a_public_key_that_was_exchanged_cannot_be_signed_for(vault: Vault) -> None:
    _mine, my_public = key_pair(HYBRID)
    _theirs, their_public = key_pair(HYBRID)
    record = SignedRecord("staff", str(CASE), 1, {"public_key": my_public.raw.hex()})
    swapped = replace(record, said={"public_key": their_public.raw.hex()})
    assert not vault.eligibility_valid(swapped, vault.eligibility_mac(record))


def test_a_value_of_an_older_key_cannot_be_replayed_under_the_newer(vault: Vault) -> None:
    older, newer = vault.new_compartment_key(1), vault.new_compartment_key(2)
    again = replace(TOLD, key_number=2)
    sealed = vault.seal_document(older, TOLD, CONTENT)
    renumbered = Sealed(sealed.blob[:1] + (2).to_bytes(4, "big") + sealed.blob[5:])
    for value in (sealed, renumbered):
        with pytest.raises(SealBrokenError):
            vault.open_document(newer, again, value)
        with pytest.raises(SealBrokenError):
            vault.open_document(replace(older, number=2), again, value)
