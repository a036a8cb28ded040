from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import MisconfiguredError
from safeshare.kernel.keys import SignedRecord
from safeshare.vault import KeyFiles, Vault
from safeshare.vault.eligibility import eligibility_mac
from tests.tampering import flipped
from tests.vault.cast import ANOTHER, CASE, PARTY

SAID = {
    "public_key": (b"\x02" + b"k" * 1216).hex(),
    "key_number": 1,
    "state": "active",
    "away_from": None,
    "display_name": "Zoë Ångström",
    "roles": ["handler", "supervisor"],
    "memberships": [[str(PARTY), str(ANOTHER), True], [str(ANOTHER), "", False]],
}
HANDLER = SignedRecord("staff", str(CASE), 3, SAID)

FORGED = {
    "kind": replace(HANDLER, kind="recovery"),
    "owner": replace(HANDLER, owner=str(ANOTHER)),
    "revision": replace(HANDLER, revision=2),
    "left out": replace(HANDLER, said={k: v for k, v in SAID.items() if k != "state"}),
    "added": replace(HANDLER, said=SAID | {"email": "a@service.example"}),
    **{f"{name} emptied": replace(HANDLER, said=SAID | {name: ""}) for name in SAID},
    "text for a number": replace(HANDLER, said=SAID | {"key_number": "1"}),
    "number for a flag": replace(HANDLER, said=SAID | {"memberships": [[str(PARTY), "", 1]]}),
    "another order": replace(HANDLER, said=SAID | {"roles": ["supervisor", "handler"]}),
    "one for another": replace(
        HANDLER, said=SAID | {"roles": [], "memberships": ["handler", "supervisor"]}
    ),
}


def test_an_approved_key_can_be_recognised(vault: Vault) -> None:
    assert vault.eligibility_valid(HANDLER, vault.eligibility_mac(HANDLER))


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_writer_of_the_database_cannot_change_what_was_approved(
    vault: Vault, forged: SignedRecord
) -> None:
    assert not vault.eligibility_valid(forged, vault.eligibility_mac(HANDLER))


@given(bit=st.integers(min_value=0, max_value=8 * 33 - 1))
def test_a_spoilt_mac_cannot_be_valid(vault: Vault, bit: int) -> None:
    assert not vault.eligibility_valid(HANDLER, flipped(vault.eligibility_mac(HANDLER), bit))


@pytest.mark.parametrize("mac", [b"", b"\x01", b"\x01" + bytes(32), b"\x01" + bytes(33)])
def test_an_empty_or_cut_mac_cannot_be_valid(vault: Vault, mac: bytes) -> None:
    assert not vault.eligibility_valid(HANDLER, mac)


def test_names_can_come_in_any_order(vault: Vault) -> None:
    shuffled = replace(HANDLER, said=dict(reversed(SAID.items())))
    assert vault.eligibility_mac(shuffled) == vault.eligibility_mac(HANDLER)


def test_another_installation_cannot_approve(vault: Vault, other_vault: Vault) -> None:
    assert not vault.eligibility_valid(HANDLER, other_vault.eligibility_mac(HANDLER))


def test_a_worker_can_judge_and_cannot_sign(vault: Vault) -> None:
    worker = replace(vault, keys=KeyFiles.load_for_worker(vault.keys.folder))
    mac = vault.eligibility_mac(HANDLER)
    assert worker.eligibility_valid(HANDLER, mac)
    assert not any(worker.eligibility_valid(forged, mac) for forged in FORGED.values())
    with pytest.raises(MisconfiguredError):
        worker.eligibility_mac(HANDLER)


def test_what_a_stolen_judging_key_makes_convinces_no_web_process(vault: Vault) -> None:
    stolen = vault.keys.judging
    forged = replace(HANDLER, said=SAID | {"roles": ["overseer"]})
    made = [
        eligibility_mac(stolen, stolen, forged),
        vault.eligibility_mac(HANDLER)[:33] + eligibility_mac(stolen, stolen, forged)[33:],
        b"\x01" + eligibility_mac(stolen, stolen, forged)[33:],
    ]
    assert not any(vault.eligibility_valid(forged, mac) for mac in made)


def test_an_older_signature_convinces_no_worker(vault: Vault) -> None:
    worker = replace(vault, keys=KeyFiles.load_for_worker(vault.keys.folder))
    older = b"\x01" + vault.eligibility_mac(HANDLER)[1:33]
    assert vault.eligibility_valid(HANDLER, older)
    assert not worker.eligibility_valid(HANDLER, older)
