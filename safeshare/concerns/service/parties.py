"""Signing whose key a conversation is sealed to, and believing only what is signed."""

from safeshare.concerns.models import Party
from safeshare.gate import Door
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import PublicKey


def sign_party(door: Door, party: Party) -> None:
    """Put the MAC on a party's key. A key of its own is sealed to it at Send; any later one of the
    conversation needs this signature, since a writer of the tables could put theirs there.
    """
    party.mac = door.vault.eligibility_mac(_record(party))


def trusted_party_key(door: Door, party: Party) -> PublicKey:
    """The public key of a party. Raises SealBrokenError where it is not as it was signed."""
    if not door.vault.eligibility_valid(_record(party), party.mac):
        raise SealBrokenError("a party's key is not as it was signed")
    return PublicKey(party.public_key)


def _record(party: Party) -> SignedRecord:
    """A party's key follows from the access code: there is one of each suite, and no revision."""
    said = {"lookup": party.lookup.hex(), "public_key": party.public_key.hex()}
    return SignedRecord("reporter", f"{party.case_id}/{party.id}", 0, said)
