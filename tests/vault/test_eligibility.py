from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.keys import KeyRecord
from safeshare.kernel.sealed import PublicKey
from safeshare.vault import Vault
from tests.vault.cast import ANOTHER, CASE, PARTY, flipped

HANDLER = KeyRecord(
    kind="staff",
    owner=CASE,
    public_key=PublicKey(b"\x02" + b"k" * 1216),
    key_number=1,
    state="approved",
    roles=("handler", "supervisor"),
    queues=((PARTY, ANOTHER), (ANOTHER, CASE)),
)

FORGED = {
    "kind": replace(HANDLER, kind="recovery"),
    "owner": replace(HANDLER, owner=ANOTHER),
    "key": replace(HANDLER, public_key=PublicKey(b"\x02" + b"a" * 1216)),
    "suite": replace(HANDLER, public_key=PublicKey(b"\x01" + b"k" * 1216)),
    "number": replace(HANDLER, key_number=2),
    "state": replace(HANDLER, state="left"),
    "more roles": replace(HANDLER, roles=("handler", "overseer", "supervisor")),
    "fewer roles": replace(HANDLER, roles=("handler",)),
    "more queues": replace(HANDLER, queues=(*HANDLER.queues, (CASE, CASE))),
    "fewer queues": replace(HANDLER, queues=HANDLER.queues[:1]),
    "approver": replace(HANDLER, queues=((PARTY, CASE), (ANOTHER, CASE))),
    "queue and approver changed about": replace(
        HANDLER, queues=((ANOTHER, PARTY), (ANOTHER, CASE))
    ),
    "role taken for queue": replace(
        HANDLER, roles=("handler",), queues=(("supervisor", "2"), *HANDLER.queues)
    ),
}


def test_an_approved_key_can_be_recognised(vault: Vault) -> None:
    assert vault.eligibility_valid(HANDLER, vault.eligibility_mac(HANDLER))


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_writer_of_the_database_cannot_change_what_was_approved(
    vault: Vault, forged: KeyRecord
) -> None:
    assert not vault.eligibility_valid(forged, vault.eligibility_mac(HANDLER))


@given(bit=st.integers(min_value=0, max_value=8 * 33 - 1))
def test_a_spoilt_mac_cannot_be_valid(vault: Vault, bit: int) -> None:
    assert not vault.eligibility_valid(HANDLER, flipped(vault.eligibility_mac(HANDLER), bit))


@pytest.mark.parametrize("mac", [b"", b"\x01", b"\x01" + bytes(32), b"\x01" + bytes(33)])
def test_an_empty_or_cut_mac_cannot_be_valid(vault: Vault, mac: bytes) -> None:
    assert not vault.eligibility_valid(HANDLER, mac)


def test_rows_can_come_in_any_order(vault: Vault) -> None:
    shuffled = replace(HANDLER, roles=HANDLER.roles[::-1], queues=HANDLER.queues[::-1])
    as_text = replace(
        shuffled,
        owner=str(CASE),
        queues=tuple((str(queue), str(approver)) for queue, approver in HANDLER.queues),
    )
    assert vault.eligibility_mac(shuffled) == vault.eligibility_mac(HANDLER)
    assert vault.eligibility_mac(as_text) == vault.eligibility_mac(HANDLER)


def test_another_installation_cannot_approve(vault: Vault, other_vault: Vault) -> None:
    assert not vault.eligibility_valid(HANDLER, other_vault.eligibility_mac(HANDLER))


def test_roles_cannot_be_taken_for_queues(vault: Vault) -> None:
    """Without a count before each list these two would be written alike."""
    one = replace(HANDLER, roles=("0",), queues=(("2", "0"),))
    other = replace(HANDLER, roles=("0", "1", "2"), queues=())
    assert vault.eligibility_mac(one) != vault.eligibility_mac(other)
