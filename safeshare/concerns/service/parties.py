"""Whose conversation it is: signing their key, believing only what is signed, and keeping their
grants whole.
"""

from sqlalchemy.orm import Session

from safeshare.concerns.models import GranteeKind, Party
from safeshare.concerns.queries import get_party, list_compartment_grants
from safeshare.concerns.service.compartments import Grantee, Lock, grant_lock, is_ours
from safeshare.gate import Door
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.ledger.events import Event


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


def parties_of(door: Door, session: Session, lock: Lock) -> list[Grantee]:
    """Whose conversation a lock opens; nobody's where it opens another compartment. By their signed
    record and not by their grants: else whoever deletes one cuts them off at the next change of
    keys. Raises SealBrokenError where the record is not as it was signed.
    """
    if lock.compartment is not Compartment.CONVERSATION:
        return []
    key = trusted_party_key(door, get_party(session, lock.party_id))
    return [Grantee(GranteeKind.PARTY, lock.party_id, key)]


def mend_grants(door: Door, session: Session, lock: Lock) -> None:
    """Grant the party of a conversation anew, with an alarm, what is missing of their grants or not
    as it was written: of the older keys too, since not all is sealed under the newest at once.

    The caller holds the case's row. Raises as `parties_of` does.
    """
    rows = list_compartment_grants(session, lock.case_id, lock.compartment, lock.party_id)
    for party in parties_of(door, session, lock):
        theirs = [one for one in rows if one.grantee_id == party.id]
        broken = [one for one in theirs if not is_ours(door, one)]
        sound = {one.key_number for one in theirs if one not in broken}
        lost = [one.number for one in (lock.key, *lock.older) if one.number not in sound]
        if broken or lost:
            door.record(
                Event.ALARM_RAISED, case_id=lock.case_id, alarm="reporter_grant_not_as_written"
            )
        for row in broken:
            session.delete(row)
        session.flush()
        for number in lost:
            (made,) = grant_lock(door, lock.under(number), [party])
            door.note_missing(lock.case_id, made)
            session.add(made)


def _record(party: Party) -> SignedRecord:
    """A party's key follows from the access code: there is one of each suite, and no revision."""
    said = {"lookup": party.lookup.hex(), "public_key": party.public_key.hex()}
    return SignedRecord("reporter", f"{party.case_id}/{party.id}", 0, said)
