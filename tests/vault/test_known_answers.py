"""Every format that is stored must open after an upgrade of Python, OpenSSL or the library.

The answers in `vectors/` were recorded once by `record_vectors.py` and are never recorded again.
A failure here means that somebody's records can no longer be read: mend the code, not the answer.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safeshare.kernel.keys import RecoveryBox, SignedRecord
from safeshare.kernel.sealed import AccessCode, CompartmentKey, PrivateKey, Sealed, StreamKey
from safeshare.vault import KeyFiles, Vault
from safeshare.vault.aead import CHACHA20_POLY1305
from safeshare.vault.binding import bind_place
from safeshare.vault.hpke import public_half
from safeshare.vault.key_folder import replace_key
from safeshare.vault.streams import CHUNK_BYTES
from safeshare.vault.worker_keys import WORKER_KINDS
from tests.vault.stored import FOLDER, as_bytes, as_place, as_sealed, installation, read


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The installation that sealed the answers, at the full price of stretching."""
    return Vault(installation(tmp_path_factory.mktemp("recorded") / "keys"))


def test_a_compartment_can_still_be_read(recorded: Vault) -> None:
    known = read("compartment")
    place = as_place(known["place"])
    key = CompartmentKey(as_bytes(known["key"]), place.key_number)
    content = known["content"]
    assert recorded.open_document(key, place, as_sealed(known["document"])) == content
    assert recorded.open_record(key, place, as_sealed(known["record"])) == content
    assert recorded.open_message(key, place, as_sealed(known["message"])) == content["told"]


@pytest.mark.parametrize("known", read("grants"), ids=lambda known: f"suite {known['suite']}")
def test_a_grant_and_a_parked_form_can_still_be_opened(
    recorded: Vault, known: dict[str, Any]
) -> None:
    private_key = PrivateKey(as_bytes(known["private_key"]))
    place = as_place(known["place"])
    key = recorded.open_grant(as_sealed(known["grant"]), place, private_key)
    assert key.raw == as_bytes(known["key"])
    parked = as_sealed(known["person"])
    assert recorded.open_from_person(private_key, place, parked) == known["content"]
    assert public_half(private_key).raw == as_bytes(known["public_key"])


def test_a_compartment_in_the_second_suite_can_still_be_read(recorded: Vault) -> None:
    known = read("compartment_suite_2")
    private_key = PrivateKey(as_bytes(known["private_key"]))
    key = recorded.open_grant(
        as_sealed(known["grant"]), as_place(known["grant_place"]), private_key
    )
    assert (key.raw, key.suite) == (as_bytes(known["key"]), CHACHA20_POLY1305)
    document = as_sealed(known["document"])
    assert recorded.open_document(key, as_place(known["place"]), document) == known["content"]


def test_workers_the_server_and_sessions_can_still_be_opened(recorded: Vault) -> None:
    known = read("server")
    place = as_place(known["place"])
    for kind in WORKER_KINDS:
        sealed = as_sealed(known["workers"][kind])
        assert recorded.open_for_worker(kind, place, sealed) == known["content"]
    assert recorded.open_server(place, as_sealed(known["server"])) == as_bytes(known["secret"])
    box = as_sealed(known["session"])
    assert recorded.session_id_hash(known["cookie"]) == as_bytes(known["id_hash"])
    assert recorded.open_session(known["cookie"], box, known["realm"]) == known["content"]


def test_what_the_server_seals_in_the_second_suite_can_still_be_opened(recorded: Vault) -> None:
    known = read("server_suite_2")
    place, sealed = as_place(known["place"]), as_sealed(known["server"])
    assert sealed.blob[0] == 2
    assert recorded.open_server(place, sealed) == as_bytes(known["secret"])
    assert recorded.browser_of(known["browser"]) == (UUID(known["staff_id"]), 4)


def test_a_worker_that_went_over_can_still_open_both(tmp_path: Path) -> None:
    known = read("worker_rings")
    folder = installation(tmp_path / "keys").folder
    for kind, ring in known["rings"].items():
        replace_key(folder / "worker" / kind, f"worker-{kind}", as_bytes(ring))
    vault, place = Vault(KeyFiles.load(folder)), as_place(known["place"])
    for kind in WORKER_KINDS:
        sealed = [as_sealed(one) for one in known["sealed"][kind]]
        assert [one.blob[0] for one in sealed] == [2, 1]
        assert [vault.open_for_worker(kind, place, one) for one in sealed] == [known["content"]] * 2


def test_an_access_code_can_still_give_the_same_keys(recorded: Vault) -> None:
    known = read("access_code")
    keys = recorded.party_keys(AccessCode(tuple(known["words"])))
    assert keys.lookup_hash == as_bytes(known["lookup_hash"])
    assert keys.public_key.raw == as_bytes(known["public_key"])
    assert keys.private_key.raw.startswith(as_bytes(known["private_key"]))


def test_a_handler_can_still_sign_in_and_use_the_printed_code(recorded: Vault) -> None:
    known = read("staff")
    staff_id = UUID(known["staff_id"])
    unlocked = recorded.unlock_staff(
        staff_id,
        known["passphrase"],
        as_bytes(known["salt"]),
        as_bytes(known["verifier"]),
        as_sealed(known["wrapped"]),
    )
    assert unlocked.raw == as_bytes(known["private_key"])
    wrap = as_sealed(known["recovery_wrap"])
    assert recorded.recover_staff_key(staff_id, known["recovery_code"], wrap) == unlocked


def test_an_approval_can_still_be_recognised(recorded: Vault) -> None:
    known = read("eligibility")
    record = SignedRecord(known["kind"], known["owner"], known["revision"], known["said"])
    assert recorded.eligibility_valid(record, as_bytes(known["mac"]))


def test_officers_can_still_recover_together(recorded: Vault) -> None:
    known = read("recovery")
    codes = {UUID(officer): code for officer, code in known["codes"].items()}
    for stored in known["boxes"]:
        box = RecoveryBox(
            set_id=UUID(known["set_id"]),
            officers=tuple(UUID(officer) for officer in stored["officers"]),
            sealed=as_sealed(stored["sealed"]),
        )
        private_key = recorded.recovery_open(codes, [box])
        assert public_half(private_key).raw == as_bytes(known["public_key"])


def test_a_roll_can_still_be_read(recorded: Vault) -> None:
    known = read("roll")
    key = CompartmentKey(as_bytes(known["key"]))
    place = as_place(known["place"])
    assert recorded.open_roll(key, place, as_sealed(known["roll"])) == known["content"]


def test_a_file_can_still_be_read(recorded: Vault) -> None:
    known = read("stream")
    key, place = StreamKey(as_bytes(known["key"]), known["suite"]), as_place(known["place"])
    head = bytes([known["suite"]])
    for number, byte in enumerate(known["bytes"]):
        chunk, is_last = bytes([byte]) * CHUNK_BYTES, number == len(known["bytes"]) - 1
        nonce = bytes(7) + number.to_bytes(4, "big") + bytes([is_last])
        cipher = AESGCM(key.raw).encrypt(nonce, chunk, head + bind_place("stream", place))
        sealed = Sealed(head + cipher)
        assert sealed.blob[:48] == as_bytes(known["beginnings"][number])
        assert recorded.digest(sealed) == as_bytes(known["hashes"][number])
        assert recorded.open_chunk(key, place, number, sealed, is_last=is_last) == chunk


def test_whatever_stands_beside_a_passphrase_can_still_be_used(recorded: Vault) -> None:
    known = read("credentials")
    staff_id, prf = UUID(known["staff_id"]), as_bytes(known["prf"])
    unwrapped = recorded.unwrap_from_passkey(staff_id, as_sealed(known["passkey_wrap"]), prf)
    assert unwrapped.raw == as_bytes(known["private_key"])
    hashed = recorded.backup_code_hash(staff_id, known["backup_code"].lower())
    assert hashed == as_bytes(known["backup_code_hash"])
    assert recorded.link_hash(known["link"]) == as_bytes(known["link_hash"])
    assert recorded.browser_of(known["browser"]) == (staff_id, 4)


def test_signatures_can_still_be_recognised(recorded: Vault) -> None:
    known = read("signatures")
    place, sealed = as_place(known["place"]), as_sealed(known["sealed"])
    mac = as_bytes(known["grant_mac"])
    assert recorded.grant_valid(place, known["grantee_kind"], sealed, mac)
    message = known["message"].encode()
    assert recorded.ledger_mac(known["purpose"], message) == as_bytes(known["ledger_mac"])
    assert recorded.web_key("guess limits of hour 1") == as_bytes(known["web_key"])


def test_no_known_answer_can_be_stored_without_being_tried() -> None:
    tried = {
        "access_code",
        "compartment",
        "compartment_suite_2",
        "credentials",
        "digests",
        "eligibility",
        "grants",
        "installation",
        "kept_records",
        "ledger",
        "recovery",
        "roll",
        "server",
        "server_suite_2",
        "signatures",
        "signed_records",
        "staff",
        "stream",
        "worker_rings",
    }
    assert {path.stem for path in FOLDER.iterdir()} == tried


def test_a_copied_installation_can_be_loaded_from_its_files(tmp_path: Path) -> None:
    one, other = (installation(tmp_path / name) for name in ("one", "other"))
    assert one.pepper == other.pepper
    assert one.session_keys.current() == other.session_keys.current()
