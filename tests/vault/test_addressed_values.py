"""What is sealed to workers, to one person's key, or to the server."""

from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError, MisconfiguredError, SealBrokenError
from safeshare.kernel.sealed import Place
from safeshare.vault import KeyFiles, Vault, WorkerKind
from safeshare.vault.hpke import HYBRID, X25519
from safeshare.vault.worker_keys import WORKER_KINDS
from tests.tampering import spoilt
from tests.vault.cast import GRANT, OUTSIDE, elsewhere, key_pair

ADDRESS = {"address": "somebody@example.org"}
HYBRID_OVERHEAD = 1 + 1120 + 16


@pytest.mark.parametrize("kind", WORKER_KINDS)
def test_a_worker_can_open_what_is_sealed_to_it(vault: Vault, kind: WorkerKind) -> None:
    sealed = vault.seal_for_worker(kind, GRANT, ADDRESS, 512)
    assert vault.open_for_worker(kind, GRANT, sealed) == ADDRESS


def test_a_worker_cannot_open_what_is_sealed_to_another_of_its_keys(vault: Vault) -> None:
    sealed = vault.seal_for_worker("contact", GRANT, ADDRESS, 512)
    for kind in ("themes", "tokens"):
        with pytest.raises(SealBrokenError):
            vault.open_for_worker(kind, GRANT, sealed)


def test_an_onlooker_cannot_tell_a_parcel_by_its_size(vault: Vault) -> None:
    for mapping in ({}, {"address": "x" * 400}):
        sealed = vault.seal_for_worker("contact", GRANT, mapping, 512)
        assert len(sealed.blob) == 512 + HYBRID_OVERHEAD
    with pytest.raises(InvalidError):
        vault.seal_for_worker("contact", GRANT, {"address": "x" * 512}, 512)


@pytest.mark.parametrize("place", elsewhere(GRANT), ids=lambda place: str(place)[:70])
def test_nobody_can_move_what_is_sealed_to_a_worker(vault: Vault, place: Place) -> None:
    sealed = vault.seal_for_worker("themes", GRANT, {}, 256)
    with pytest.raises(SealBrokenError):
        vault.open_for_worker("themes", place, sealed)


@given(bit=st.integers(min_value=0))
def test_nobody_can_change_one_bit_of_what_is_sealed_to_a_worker(vault: Vault, bit: int) -> None:
    sealed = vault.seal_for_worker("tokens", GRANT, {}, 256)
    with pytest.raises(SealBrokenError):
        vault.open_for_worker("tokens", GRANT, spoilt(sealed, bit))


def test_a_web_process_can_seal_to_a_worker_and_cannot_open(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    both = Vault(KeyFiles.create(folder))
    (folder / "worker").rename(tmp_path / "worker")
    web = Vault(KeyFiles.load(folder))
    sealed = web.seal_for_worker("contact", GRANT, ADDRESS, 512)
    with pytest.raises(MisconfiguredError):
        web.open_for_worker("contact", GRANT, sealed)
    assert both.open_for_worker("contact", GRANT, sealed) == ADDRESS


def test_a_worker_process_can_open_its_own_and_use_no_other_key(tmp_path: Path) -> None:
    KeyFiles.create(tmp_path / "keys")
    web, worker = (
        Vault(KeyFiles.load(tmp_path / "keys")),
        Vault(KeyFiles.load_for_worker(tmp_path / "keys")),
    )
    sealed = web.seal_for_worker("contact", GRANT, ADDRESS, 512)
    assert worker.open_for_worker("contact", GRANT, sealed) == ADDRESS
    cookie = worker.new_session().cookie_value
    for forbidden in (
        lambda: worker.party_keys(worker.new_access_code()),
        lambda: worker.enrol_staff(uuid4(), "passphrase"),
        lambda: worker.open_server(OUTSIDE, web.seal_server(OUTSIDE, b"secret")),
        lambda: worker.seal_session(cookie, {}),
    ):
        with pytest.raises(MisconfiguredError):
            forbidden()


@pytest.mark.parametrize("suite", [X25519, HYBRID])
@given(text=st.text(st.characters(), max_size=3000), bit=st.integers(min_value=0))
def test_a_handler_can_find_their_parked_form_and_nobody_else_can(
    vault: Vault, suite: int, text: str, bit: int
) -> None:
    private_key, public_key = key_pair(suite)
    parked = vault.seal_to_person(public_key, GRANT, {"reply": text})
    assert vault.open_from_person(private_key, GRANT, parked) == {"reply": text}
    assert (len(parked.blob) - (HYBRID_OVERHEAD if suite == HYBRID else 49)) % 1024 == 0
    for opener, place, sealed in (
        (key_pair(suite)[0], GRANT, parked),
        (private_key, OUTSIDE, parked),
        (private_key, GRANT, spoilt(parked, bit)),
    ):
        with pytest.raises(SealBrokenError):
            vault.open_from_person(opener, place, sealed)


@given(content=st.binary(max_size=200), bit=st.integers(min_value=0))
def test_the_server_can_keep_a_small_secret_in_its_place(
    vault: Vault, content: bytes, bit: int
) -> None:
    sealed = vault.seal_server(OUTSIDE, content)
    assert vault.open_server(OUTSIDE, sealed) == content
    assert content not in sealed.blob or len(content) < 4
    assert (len(sealed.blob) - 33) % 64 == 0
    for place, value in ((GRANT, sealed), (OUTSIDE, spoilt(sealed, bit))):
        with pytest.raises(SealBrokenError):
            vault.open_server(place, value)


def test_a_digest_can_tell_a_replayed_value(vault: Vault) -> None:
    one, other = (vault.seal_server(OUTSIDE, b"secret") for _ in range(2))
    assert len(vault.digest(one)) == 32
    assert vault.digest(one) == vault.digest(one)
    assert vault.digest(one) != vault.digest(other)
