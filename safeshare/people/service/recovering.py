"""A forgotten passphrase: the printed recovery code opens the private key, and wraps it anew."""

from dataclasses import dataclass, field

from sqlalchemy import update

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import WrongSecretError
from safeshare.kernel.sealed import PrivateKey
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember
from safeshare.people.queries import find_staff_by_sign_in_name
from safeshare.people.rules import Weakness, normal_sign_in_name, weakness_of
from safeshare.people.service.factors import about
from safeshare.people.service.second_factor import Proof, Why, count_miss, find_proof, spend
from safeshare.people.service.sign_in import SignedIn, welcome, why_barred
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class Recover:
    """What was typed by somebody who forgot their passphrase. `six_digits` may be a backup code."""

    sign_in_name: str
    recovery_code: str = field(repr=False)
    six_digits: str = field(repr=False)
    passphrase: str = field(repr=False)


@use_case(Action.PEOPLE_RECOVER)
def recover_account(door: Door, command: Recover) -> SignedIn | Weakness | None:
    """Choose a new passphrase with the recovery code and a second factor. None for whatever is
    wrong but the new passphrase itself, which is judged last.
    """
    member = find_staff_by_sign_in_name(door.read, normal_sign_in_name(command.sign_in_name))
    if member is None:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, why=Why.NAME)
        return None
    private_key = _recovered(door, member, command.recovery_code)
    barred = Why.KEY if private_key is None else why_barred(door, member)
    if private_key is None or barred is not None:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=str(barred))
        return None
    proof = find_proof(door, member, command.six_digits, is_known=False)
    if isinstance(proof, Why):
        count_miss(door, member.id, proof)
        return None
    weakness = weakness_of(command.passphrase, about(door, member))
    return weakness or _wrap_anew(door, member, private_key, proof, command.passphrase)


def _recovered(door: Door, member: StaffMember, code: str) -> PrivateKey | None:
    try:
        return door.vault.recover_staff_key(member.id, code, member.recovery_wrap)
    except WrongSecretError:
        return None


def _wrap_anew(
    door: Door, member: StaffMember, private_key: PrivateKey, proof: Proof, passphrase: str
) -> SignedIn | None:
    made = door.vault.wrap_anew(member.id, private_key, passphrase, lane="guesses")
    following = member.session_number + 1
    with door.change() as session:
        if not spend(session, member.id, proof):
            door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=Why.REPLAYED)
            return None
        session.execute(
            update(StaffMember)
            .where(StaffMember.id == member.id)
            .values(
                salt=made.salt,
                verifier=made.verifier,
                wrapped_key=made.wrapped,
                session_number=following,
            )
        )
        welcome(door, session, member, "recovery_code", is_known=False)
    mark = door.vault.mark_browser(member.id, following)
    return SignedIn(member.id, private_key, following, mark)
