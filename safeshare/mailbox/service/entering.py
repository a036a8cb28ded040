"""Entering a mailbox with an access code."""

from dataclasses import dataclass, field
from uuid import UUID

from safeshare.concerns.models import GranteeKind, Party
from safeshare.concerns.queries import find_party_by_lookup, get_party, list_grants
from safeshare.concerns.service.compartments import Grantee
from safeshare.concerns.service.own_grants import reseal_grants
from safeshare.concerns.service.parties import sign_party, trusted_party_key
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError, WrongSecretError
from safeshare.kernel.keys import PartyKeys
from safeshare.kernel.sealed import PrivateKey, PublicKey
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class EnterMailbox:
    """What somebody typed as their access code."""

    typed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """What a mailbox session keeps. The private key is nowhere else; the code is forgotten."""

    case_id: UUID
    party_id: UUID
    private_key: PrivateKey = field(repr=False)


@use_case(Action.MAILBOX_ENTER)
def enter_mailbox(door: Door, command: EnterMailbox) -> Entered:
    """Find the mailbox that an access code opens. Shows nothing yet, so it leaves no entry: guesses
    could otherwise flood the ledger. Where people's keys are of another suite than the mailbox's,
    it goes over: the code gives both, and at no other time has anybody the code (ADR 0017).

    Raises:
        UnknownWordsError, WrongWordCountError: not an access code; nothing was stretched.
        WrongSecretError: an access code, but of no mailbox.
        BusyError: too many are trying at once.
        SealBrokenError: the mailbox's row was changed: its public key is not this code's. It names
            the party, to whom the code belongs.
    """
    keys = door.vault.party_keys(door.vault.parse_access_code(command.typed), "guesses")
    party = find_party_by_lookup(door.read, keys.lookup_hash)
    if party is None:
        raise WrongSecretError("no mailbox opens with this code")
    try:
        _open(door, party, keys)
    except SealBrokenError as broken:
        broken.party = party.id
        raise
    return Entered(party.case_id, party.id, keys.private_key)


def _open(door: Door, party: Party, keys: PartyKeys) -> None:
    if not door.vault.fits(keys.private_key, PublicKey(party.public_key)):
        raise SealBrokenError("the mailbox has another key than its code")
    if party.public_key != keys.public_key.raw:
        _go_over(door, party.id, keys)


def _go_over(door: Door, party_id: UUID, keys: PartyKeys) -> None:
    """Seal the mailbox's grants to the key of today's suite, which the same code gives. A grant
    that is not as it was written stays, with an alarm.
    """
    with door.change() as session:
        party = get_party(session, party_id)
        trusted_party_key(door, party)
        mine = Grantee(GranteeKind.PARTY, party_id, keys.public_key)
        grants = list_grants(session, party.case_id, party_id)
        reseal_grants(door, session, party.case_id, grants, mine, keys.private_key)
        party.public_key = keys.public_key.raw
        sign_party(door, party)
