"""Entering a mailbox with an access code."""

from dataclasses import dataclass, field
from uuid import UUID

from safeshare.concerns.queries import find_party_by_lookup
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError, WrongSecretError
from safeshare.kernel.sealed import PrivateKey
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
    """Find the mailbox that an access code opens. Opens nothing yet, so it leaves no entry: guesses
    could otherwise flood the ledger.

    Raises:
        UnknownWordsError, WrongWordCountError: not an access code; nothing was stretched.
        WrongSecretError: an access code, but of no mailbox.
        BusyError: too many are trying at once.
        SealBrokenError: the mailbox's row was changed: its public key is not this code's.
    """
    keys = door.vault.party_keys(door.vault.parse_access_code(command.typed), "guesses")
    party = find_party_by_lookup(door.read, keys.lookup_hash)
    if party is None:
        raise WrongSecretError("no mailbox opens with this code")
    if party.public_key != keys.public_key.raw:
        raise SealBrokenError("the mailbox has another key than its code")
    return Entered(party.case_id, party.id, keys.private_key)
