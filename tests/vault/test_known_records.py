"""What every kind of record says, to the letter: a signature, a link of the ledger and a digest are
over a text that must come out the same for as long as there are records.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import safeshare
from safeshare.files.rules.manifest import manifest_of
from safeshare.ledger.digests import digest_of
from safeshare.ledger.head import _parsed_tip, _written_tip, parsed_head, written_head
from safeshare.ledger.macs import is_sound_day, is_sound_entry
from safeshare.ledger.models import LedgerDay
from safeshare.vault import Vault
from safeshare.vault.eligibility import eligibility_judged
from tests.vault.cast import CASE
from tests.vault.known_records import (
    HEAD,
    TIP,
    as_row,
    kept_records,
    ledger_rows,
    link_mac,
    link_text,
    read_record,
    sealed_tables,
    signed_records,
)
from tests.vault.stored import as_bytes, as_place, as_sealed, installation, read

SIGNED: dict[str, dict[str, Any]] = read("signed_records")
KEPT: dict[str, dict[str, Any]] = read("kept_records")
LEDGER: dict[str, Any] = read("ledger")
DIGESTS: dict[str, dict[str, Any]] = read("digests")

SIGNERS = {
    "safeshare/concerns/service/parties.py": ["reporter"],
    "safeshare/concerns/service/routing.py": ["routing"],
    "safeshare/mailbox/service/requests.py": ["request"],
    "safeshare/people/service/eligibility.py": ["staff", "queue", "rota", "key of recovery"],
    "safeshare/people/service/waiting.py": ["proposal", "proposed role"],
}
"""Each place that writes down what a signature covers, one after the other, with its answer."""

SEALERS = {
    "safeshare/concerns/service/new_keys.py": ["new keys"],
    "safeshare/concerns/service/overseers.py": ["line of overseers"],
    "safeshare/people/service/accounts.py": [],
    "safeshare/people/service/factors.py": [],
    "safeshare/people/service/invitations.py": ["invitation", "mail of an invitation"],
    "safeshare/people/service/joining.py": [],
    "safeshare/people/service/passkeys.py": ["passkey"],
    "safeshare/people/service/second_factor.py": [],
    "safeshare/themes/service/parcels.py": ["parcel"],
    "safeshare/updates/service/promises.py": ["address"],
}
"""Each place that seals a record with the server's or the worker's key. Those without an answer
here seal the secret of the six digits, a text that `server.json` has.
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The installation that made the answers."""
    return Vault(installation(tmp_path_factory.mktemp("recorded") / "keys"))


@pytest.mark.parametrize("name", SIGNED)
def test_what_a_signature_covers_can_still_be_recognised(recorded: Vault, name: str) -> None:
    known, record = SIGNED[name], signed_records()[name]
    assert (record.kind, record.owner, record.revision) == (
        known["kind"],
        known["owner"],
        known["revision"],
    )
    assert json.loads(json.dumps(record.said)) == known["said"]
    mac = as_bytes(known["mac"])
    assert recorded.eligibility_valid(record, mac)
    assert eligibility_judged(recorded.keys.judging, record, mac)


@pytest.mark.parametrize("name", KEPT)
def test_a_record_that_the_server_or_the_worker_keeps_can_still_be_read(
    recorded: Vault, name: str
) -> None:
    known, one = KEPT[name], kept_records()[name]
    place, sealed = as_place(known["place"]), as_sealed(known["sealed"])
    if one.kind is None:
        opened = json.loads(recorded.open_server(place, sealed))
    else:
        opened = recorded.open_for_worker(one.kind, place, sealed)
    assert place == one.place
    assert opened == known["said"] == one.said
    assert read_record(recorded, name, sealed, opened) == one.read


@pytest.mark.parametrize("name", LEDGER["links"])
def test_a_link_of_the_ledger_can_still_be_judged(recorded: Vault, name: str) -> None:
    known, row = LEDGER["links"][name], ledger_rows()[name]
    row.mac = as_bytes(known["mac"])
    assert link_text(row) == known["text"]
    assert link_mac(recorded, row) == row.mac
    if isinstance(row, LedgerDay):
        assert is_sound_day(recorded.ledger_mac, row)
    else:
        assert is_sound_entry(recorded.ledger_mac, row)


def test_the_head_and_the_tip_can_still_be_read(recorded: Vault) -> None:
    mac = recorded.ledger_mac
    assert parsed_head(LEDGER["head"], mac) == HEAD
    assert written_head(HEAD, mac) == LEDGER["head"]
    assert _parsed_tip(LEDGER["tip"], mac) == TIP
    assert _written_tip(TIP, mac) == LEDGER["tip"]


def test_the_mark_of_a_mail_can_still_be_made(recorded: Vault) -> None:
    assert recorded.message_mark(CASE) == as_bytes(LEDGER["message_mark"])


def test_a_files_manifest_can_still_be_compared() -> None:
    chunks = [as_bytes(one) for one in LEDGER["chunks"]]
    assert manifest_of(chunks) == as_bytes(LEDGER["manifest"])


@pytest.mark.parametrize("name", DIGESTS)
def test_the_digest_of_a_row_can_still_be_compared(name: str) -> None:
    known = DIGESTS[name]
    assert digest_of(as_row(sealed_tables()[name], known["row"])) == known["digest"]


def calls(pattern: str) -> Iterator[tuple[str, int]]:
    """The product's files with such a call, and how many there are in each."""
    root = Path(safeshare.__file__).parent
    for path in sorted(root.rglob("*.py")):
        found = len(re.findall(pattern, path.read_text(encoding="utf-8")))
        if found and root / "vault" not in path.parents:
            yield str(path.relative_to(root.parent)), found


def test_no_kind_of_record_can_be_added_without_an_answer() -> None:
    assert dict(calls(r"\bSignedRecord\(")) == {one: len(names) for one, names in SIGNERS.items()}
    sealing = dict(calls(r"\.seal_(?:server|for_worker)\("))
    assert sealing.keys() == SEALERS.keys()
    assert all(len(names) in {0, sealing[one]} for one, names in SEALERS.items())
    assert {name for names in SIGNERS.values() for name in names} | {"key of officer"} == set(
        SIGNED
    )
    assert {name for names in SEALERS.values() for name in names} == set(KEPT)
    assert signed_records().keys() == SIGNED.keys()
    assert kept_records().keys() == KEPT.keys()
    assert ledger_rows().keys() == LEDGER["links"].keys()
    assert sealed_tables().keys() == DIGESTS.keys()
    signed = r"\b(?:mac|ledger_mac)\(\s*\"(\w+)\""
    root = Path(safeshare.__file__).parent / "ledger"
    found = {one for path in root.glob("*.py") for one in re.findall(signed, path.read_text())}
    assert found == {"entry", "day", "head", "tip"}
