"""The recovery key, which several officers can use together and nobody alone.

Its private half is never stored. It is sealed once for each sufficient subset of the officers, to
each officer in turn, one seal inside the other; each officer's key pair is derived from a code on
paper. No share is ever put together outside the server, and no home-made sharing is needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final
from uuid import UUID

from safeshare.kernel.errors import InvalidError, SealBrokenError, WrongSecretError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import OfficerKey, RecoveryBox, RecoverySet
from safeshare.kernel.sealed import PrivateKey, PublicKey, Sealed
from safeshare.vault import hpke
from safeshare.vault.binding import bind
from safeshare.vault.printed_codes import new_printed_code, secret_of

FEWEST_TOGETHER: Final = 2
MOST_OFFICERS: Final = 9
"""With nine officers there are at most 126 boxes."""


def recovery_init(
    officer_ids: Sequence[UUID], threshold: int, suite: int = hpke.HYBRID
) -> RecoverySet:
    """Make a recovery key that any `threshold` of the officers can open together.

    InvalidError unless the officers are different people, at most nine, and at least two of them
    are needed. Print each code once; store the public keys and the boxes.
    """
    _check(officer_ids, threshold)
    set_id = new_id()
    recovery_key = hpke.new_private_key(suite)
    officers = tuple(_new_officer(set_id, officer, suite) for officer in officer_ids)
    public_keys = {officer.officer_id: officer.public_key for officer in officers}
    return RecoverySet(
        set_id=set_id,
        threshold=threshold,
        public_key=hpke.public_half(recovery_key),
        officers=officers,
        boxes=tuple(
            _nested(set_id, subset, public_keys, recovery_key)
            for subset in combinations(sorted(officer_ids), threshold)
        ),
    )


def recovery_open(codes: Mapping[UUID, str], boxes: Iterable[RecoveryBox]) -> PrivateKey:
    """Give the recovery private key to officers who typed their codes.

    WrongSecretError if they are too few or a code is not right.
    """
    box = next((box for box in boxes if set(box.officers) <= codes.keys()), None)
    if box is None:
        raise WrongSecretError("too few recovery officers gave their codes")
    content = box.sealed
    for officer in box.officers:
        try:
            key = _officer_key(box.set_id, officer, codes[officer], _suite_of(content.blob))
            content = Sealed(hpke.unseal(key, content, _layer(box.set_id, box.officers, officer)))
        except SealBrokenError:
            raise WrongSecretError("a recovery officer's code is not right") from None
    return PrivateKey(content.blob)


def officer_fits(set_id: UUID, officer_id: UUID, code: str, public_key: PublicKey) -> bool:
    """Whether a typed code is the one that this officer's stored public key was made from."""
    try:
        suite = _suite_of(public_key.raw)
        return hpke.public_half(_officer_key(set_id, officer_id, code, suite)) == public_key
    except (WrongSecretError, SealBrokenError):
        return False


def _check(officer_ids: Sequence[UUID], threshold: int) -> None:
    if len(set(officer_ids)) != len(officer_ids) or len(officer_ids) > MOST_OFFICERS:
        raise InvalidError(f"recovery needs different officers, at most {MOST_OFFICERS}")
    if not FEWEST_TOGETHER <= threshold <= len(officer_ids):
        raise InvalidError("recovery needs at least two officers together, and enough of them")


def _new_officer(set_id: UUID, officer_id: UUID, suite: int) -> OfficerKey:
    code = new_printed_code()
    public_key = hpke.public_half(_officer_key(set_id, officer_id, code, suite))
    return OfficerKey(officer_id=officer_id, public_key=public_key, printed_code=code)


def _officer_key(set_id: UUID, officer_id: UUID, code: str, suite: int) -> PrivateKey:
    secret = secret_of(code)
    return hpke.private_key_of(secret, suite, "recovery officer", set_id, officer_id)


def _suite_of(blob: bytes) -> int:
    if not blob or blob[0] not in hpke.SUITES:
        raise SealBrokenError("a recovery record is of no known suite")
    return blob[0]


def _nested(
    set_id: UUID,
    subset: tuple[UUID, ...],
    public_keys: Mapping[UUID, PublicKey],
    recovery_key: PrivateKey,
) -> RecoveryBox:
    content = Sealed(recovery_key.raw)
    for officer in reversed(subset):
        layer = _layer(set_id, subset, officer)
        content = hpke.seal(public_keys[officer], content.blob, layer)
    return RecoveryBox(set_id=set_id, officers=subset, sealed=content)


def _layer(set_id: UUID, subset: tuple[UUID, ...], officer: UUID) -> bytes:
    return bind("recovery", set_id, officer, *subset)
