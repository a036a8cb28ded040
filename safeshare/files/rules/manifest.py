"""What one part of a file consists of, in one hash that is sealed with the part's key.

A chunk opens for whoever has the key, and whoever lost a case may have kept it: with the key and
the right to write to the tables they could put other chunks in the place of ours. They cannot
change this hash, which is sealed under the case's present key, and whose seal the ledger knows.
"""

import hashlib
from collections.abc import Sequence

_DOMAIN = b"safeshare/1 file manifest"


def manifest_of(digests: Sequence[bytes]) -> bytes:
    """32 bytes that commit to how many chunks there are, in which order, and to each of them.

    Each digest is the SHA-256 of one sealed chunk, as `Vault.digest` makes it.
    """
    count = len(digests).to_bytes(4, "big")
    return hashlib.sha256(_DOMAIN + count + b"".join(digests)).digest()
