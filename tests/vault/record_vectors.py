"""Records the known answers that are missing: `python -m tests.vault.record_vectors`.

A file that exists is never written again: that it still opens is the whole point. A new format
gets a new file beside the old one.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import AccessCode, CompartmentKey
from safeshare.vault import KeyFiles, Vault
from safeshare.vault.aead import CHACHA20_POLY1305
from safeshare.vault.hpke import HYBRID, X25519, ring_of
from safeshare.vault.streams import CHUNK_BYTES
from safeshare.vault.worker_keys import WORKER_KINDS
from tests.vault.cast import ANOTHER, CASE, GRANT, OUTSIDE, PARTY, TOLD, key_pair
from tests.vault.recorded_records import OF_RECORDS
from tests.vault.stored import FOLDER, as_sealed, as_text, installation, read, written_place

TEXT = "Smoke \u200d🔥 and naïve café"
CONTENT: dict[str, Any] = {"told": TEXT, "answers": [1, None, True]}
WORDS = ("aardvark", "postcard", "yo-yo", "sugar", "zipping", "acrobat", "prune", "saltshaker")


def record_installation() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "keys"
        KeyFiles.create(root)
        files = sorted(path for path in root.rglob("*") if path.is_file())
        lines = {str(path.relative_to(root)): path.read_text().split() for path in files}
    return {
        file: {"name": name, "key": as_text(bytes.fromhex(digits))}
        for file, (_, _, name, digits) in lines.items()
    }


def record_compartment(vault: Vault) -> dict[str, Any]:
    key = replace(vault.new_compartment_key(), number=3)
    place = replace(TOLD, key_number=3)
    return {
        "key": as_text(key.raw),
        "place": written_place(place),
        "content": CONTENT,
        "document": as_text(vault.seal_document(key, place, CONTENT).blob),
        "message": as_text(vault.seal_message(key, place, TEXT).blob),
        "record": as_text(vault.seal_record(key, place, CONTENT).blob),
    }


def record_second_suite(vault: Vault) -> dict[str, Any]:
    """The second cipher of content, and the grant of a key that is for it."""
    private_key, public_key = key_pair(HYBRID)
    second = replace(vault, content_suite=CHACHA20_POLY1305)
    key = second.new_compartment_key()
    return {
        "key": as_text(key.raw),
        "place": written_place(TOLD),
        "grant_place": written_place(GRANT),
        "private_key": as_text(private_key.raw),
        "grant": as_text(second.grant(key, GRANT, public_key).blob),
        "content": CONTENT,
        "document": as_text(second.seal_document(key, TOLD, CONTENT).blob),
    }


def record_grants(vault: Vault) -> list[dict[str, Any]]:
    key = CompartmentKey(bytes(range(32)))
    answers = []
    for suite in (X25519, HYBRID):
        private_key, public_key = key_pair(suite)
        answers.append(
            {
                "suite": suite,
                "key": as_text(key.raw),
                "place": written_place(GRANT),
                "private_key": as_text(private_key.raw),
                "public_key": as_text(public_key.raw),
                "grant": as_text(vault.grant(key, GRANT, public_key).blob),
                "person": as_text(vault.seal_to_person(public_key, GRANT, CONTENT).blob),
                "content": CONTENT,
            }
        )
    return answers


def record_server(vault: Vault) -> dict[str, Any]:
    ticket = vault.new_session()
    return {
        "place": written_place(OUTSIDE),
        "content": CONTENT,
        "workers": {
            kind: as_text(vault.seal_for_worker(kind, OUTSIDE, CONTENT, 256).blob)
            for kind in WORKER_KINDS
        },
        "secret": as_text(b"a six-digit secret"),
        "server": as_text(vault.seal_server(OUTSIDE, b"a six-digit secret").blob),
        "cookie": ticket.cookie_value,
        "id_hash": as_text(ticket.id_hash),
        "realm": "staff",
        "session": as_text(vault.seal_session(ticket.cookie_value, CONTENT, "staff")[1].blob),
    }


def record_server_suite_2(vault: Vault) -> dict[str, Any]:
    newer = replace(vault, content_suite=CHACHA20_POLY1305)
    return {
        "place": written_place(OUTSIDE),
        "secret": as_text(b"a six-digit secret"),
        "server": as_text(newer.seal_server(OUTSIDE, b"a six-digit secret").blob),
        "staff_id": str(CASE),
        "browser": newer.mark_browser(CASE, 4),
    }


def record_worker_rings(vault: Vault) -> dict[str, Any]:
    """The worker's keys after they went over to the first suite, and what is sealed in both."""
    with tempfile.TemporaryDirectory() as folder:
        newer = Vault(KeyFiles.create(Path(folder) / "keys", X25519))
    return {
        "place": written_place(OUTSIDE),
        "content": CONTENT,
        "rings": {
            kind: as_text(
                ring_of(newer.keys.worker_private(kind), vault.keys.worker_private(kind)).raw
            )
            for kind in WORKER_KINDS
        },
        "sealed": {
            kind: [
                as_text(each.seal_for_worker(kind, OUTSIDE, CONTENT, 256).blob)
                for each in (vault, newer)
            ]
            for kind in WORKER_KINDS
        },
    }


def record_access_code(vault: Vault) -> dict[str, Any]:
    keys = vault.party_keys(AccessCode(WORDS))
    return {
        "words": WORDS,
        "lookup_hash": as_text(keys.lookup_hash),
        "public_key": as_text(keys.public_key.raw),
        "private_key": as_text(keys.private_key.raw),
    }


def record_staff(vault: Vault) -> dict[str, Any]:
    passphrase = "eight watch-room pâtés"
    kept = vault.enrol_staff(CASE, passphrase)
    return {
        "staff_id": str(CASE),
        "passphrase": passphrase,
        "salt": as_text(kept.salt),
        "verifier": as_text(kept.verifier),
        "wrapped": as_text(kept.wrapped.blob),
        "recovery_code": kept.recovery_code,
        "recovery_wrap": as_text(kept.recovery_wrap.blob),
        "private_key": as_text(kept.private_key.raw),
    }


def record_eligibility(vault: Vault) -> dict[str, Any]:
    said = {
        "public_key": (b"\x02" + bytes(1216)).hex(),
        "key_number": 2,
        "display_name": "Zoë Ångström",
        "away_from": None,
        "memberships": [[str(PARTY), str(ANOTHER), True], [str(ANOTHER), "", False]],
    }
    record = SignedRecord("staff", str(CASE), 7, said)
    return {
        "kind": record.kind,
        "owner": record.owner,
        "revision": record.revision,
        "said": said,
        "mac": as_text(vault.eligibility_mac(record)),
    }


def record_recovery(vault: Vault) -> dict[str, Any]:
    made = vault.recovery_init([CASE, PARTY, ANOTHER], 2)
    return {
        "set_id": str(made.set_id),
        "public_key": as_text(made.public_key.raw),
        "codes": {str(officer.officer_id): officer.printed_code for officer in made.officers},
        "boxes": [
            {
                "officers": [str(officer) for officer in box.officers],
                "sealed": as_text(box.sealed.blob),
            }
            for box in made.boxes
        ],
    }


def record_roll(vault: Vault) -> dict[str, Any]:
    key = vault.new_compartment_key()
    people = {"people": [str(CASE), str(PARTY)]}
    return {
        "key": as_text(key.raw),
        "place": written_place(TOLD),
        "content": people,
        "roll": as_text(vault.seal_roll(key, TOLD, people).blob),
    }


def record_stream(vault: Vault) -> dict[str, Any]:
    """Two chunks of a file. A mebibyte of ciphertext is kept as its beginning and its hash."""
    stream = vault.new_stream(OUTSIDE)
    chunks = [bytes([number]) * CHUNK_BYTES for number in (1, 2)]
    sealed = [stream.seal(chunk, is_last=number == 1) for number, chunk in enumerate(chunks)]
    return {
        "key": as_text(stream.key.raw),
        "suite": stream.key.suite,
        "place": written_place(OUTSIDE),
        "bytes": [1, 2],
        "beginnings": [as_text(one.blob[:48]) for one in sealed],
        "hashes": [as_text(vault.digest(one)) for one in sealed],
    }


def record_credentials(vault: Vault) -> dict[str, Any]:
    private_key, _public_key = key_pair(HYBRID)
    prf, backup = bytes(range(32)), vault.new_backup_codes()[0]
    backup_hash = vault.backup_code_hash(CASE, backup)
    link = vault.new_link()
    return {
        "staff_id": str(CASE),
        "private_key": as_text(private_key.raw),
        "prf": as_text(prf),
        "passkey_wrap": as_text(vault.wrap_for_passkey(CASE, private_key, prf).blob),
        "backup_code": backup,
        "backup_code_hash": as_text(backup_hash or b""),
        "link": link,
        "link_hash": as_text(vault.link_hash(link)),
        "browser": vault.mark_browser(CASE, 4),
    }


def record_signatures(vault: Vault) -> dict[str, Any]:
    sealed = read("grants")[1]["grant"]
    return {
        "place": written_place(GRANT),
        "grantee_kind": "staff",
        "sealed": sealed,
        "grant_mac": as_text(vault.grant_mac(GRANT, "staff", as_sealed(sealed))),
        "purpose": "an entry",
        "message": "what an entry says",
        "ledger_mac": as_text(vault.ledger_mac("an entry", b"what an entry says")),
        "web_key": as_text(vault.web_key("guess limits of hour 1")),
    }


RECORDERS: dict[str, Callable[[Vault], Any]] = {
    "compartment": record_compartment,
    "compartment_suite_2": record_second_suite,
    "grants": record_grants,
    "server": record_server,
    "server_suite_2": record_server_suite_2,
    "access_code": record_access_code,
    "staff": record_staff,
    "eligibility": record_eligibility,
    "recovery": record_recovery,
    "roll": record_roll,
    "stream": record_stream,
    "credentials": record_credentials,
    "signatures": record_signatures,
    "worker_rings": record_worker_rings,
    **OF_RECORDS,
}


def write(name: str, answers: Any) -> None:
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(answers, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    if not (FOLDER / "installation.json").exists():
        write("installation", record_installation())
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(installation(Path(folder) / "keys"))
        for name, recorder in RECORDERS.items():
            if not (FOLDER / f"{name}.json").exists():
                write(name, recorder(vault))


if __name__ == "__main__":
    main()
