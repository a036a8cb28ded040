"""Makes the known answers of `known_records`, for `record_vectors`."""

import json
from collections.abc import Callable
from typing import Any

from safeshare.files.rules.manifest import manifest_of
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.digests import digest_of
from safeshare.ledger.head import _written_tip, written_head
from safeshare.vault import Vault
from tests.vault.cast import CASE
from tests.vault.known_records import (
    HEAD,
    TIP,
    Kept,
    as_row,
    example_row,
    kept_records,
    ledger_rows,
    link_mac,
    link_text,
    sealed_tables,
    signed_records,
)
from tests.vault.stored import as_text, written_place


def record_signed_records(vault: Vault) -> dict[str, Any]:
    return {
        name: {
            "kind": record.kind,
            "owner": record.owner,
            "revision": record.revision,
            "said": record.said,
            "mac": as_text(vault.eligibility_mac(record)),
        }
        for name, record in signed_records().items()
    }


def record_kept_records(vault: Vault) -> dict[str, Any]:
    def sealed(one: Kept) -> Sealed:
        if one.kind is None:
            return vault.seal_server(one.place, json.dumps(one.said).encode())
        return vault.seal_for_worker(one.kind, one.place, one.said, one.size)

    return {
        name: {
            "place": written_place(one.place),
            "said": one.said,
            "sealed": as_text(sealed(one).blob),
        }
        for name, one in kept_records().items()
    }


def record_ledger(vault: Vault) -> dict[str, Any]:
    return {
        "links": {
            name: {"text": link_text(row), "mac": as_text(link_mac(vault, row))}
            for name, row in ledger_rows().items()
        },
        "head": written_head(HEAD, vault.ledger_mac),
        "tip": _written_tip(TIP, vault.ledger_mac),
        "message_mark": as_text(vault.message_mark(CASE)),
        "chunks": [as_text(bytes([number]) * 32) for number in range(3)],
        "manifest": as_text(manifest_of([bytes([number]) * 32 for number in range(3)])),
    }


def record_digests(_vault: Vault) -> dict[str, Any]:
    found = {}
    for name, table in sorted(sealed_tables().items()):
        said = example_row(table)
        found[name] = {"row": said, "digest": digest_of(as_row(table, said))}
    return found


OF_RECORDS: dict[str, Callable[[Vault], Any]] = {
    "signed_records": record_signed_records,
    "kept_records": record_kept_records,
    "ledger": record_ledger,
    "digests": record_digests,
}
