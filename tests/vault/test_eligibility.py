from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.keys import SignedRecord
from safeshare.vault import Vault
from tests.vault.cast import ANOTHER, CASE, PARTY, flipped

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
