"""What is given beside the passphrase: six digits, or a backup code. Passkeys are next door."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from safeshare.gate import Door
from safeshare.kernel.sealed import Place
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_sign_in_alert
from safeshare.people.models import BackupCode, StaffMember
from safeshare.people.rules import MOST_MISSES, TOTP_PERIOD, steps_to_try, stray_steps


class Why(StrEnum):
    """Why a sign-in failed, as the ledger tells it. The person at the door is told nothing."""

    NAME = "name"
    KEY = "passphrase"
    SECOND_FACTOR = "second_factor"
    CLOCK = "clock"
    REPLAYED = "replayed"
    SLOWED = "slowed"
    LEFT = "left"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Digits:
    """The six digits of a step, not used before."""

    step: int
    kind: str = "six_digits"


@dataclass(frozen=True, slots=True)
class OnPaper:
    """One of somebody's backup codes."""

    code_hash: bytes
    kind: str = "backup_code"


Proof = Digits | OnPaper


def totp_place(staff_id: UUID) -> Place:
    """Where a member of staff's six-digit secret lives."""
    return Place(StaffMember.__tablename__, str(staff_id), "totp_secret")


def backup_code_rows(door: Door, staff_id: UUID, codes: Iterable[str]) -> list[BackupCode]:
    """The rows of somebody's new backup codes; the caller adds them."""
    hashes = [door.vault.backup_code_hash(staff_id, one) for one in codes]
    return [BackupCode(staff_id=staff_id, code_hash=one) for one in hashes if one]


def digits_fit(secret: str, typed: str, steps: tuple[int, ...]) -> int | None:
    """The step whose six digits were typed (RFC 6238 section 4); None where none of these."""
    codes = pyotp.TOTP(secret, interval=TOTP_PERIOD)
    given = "".join(typed.split()).encode()
    return next(
        (step for step in steps if compare_digest(codes.generate_otp(step).encode(), given)), None
    )


def find_proof(door: Door, member: StaffMember, typed: str, *, is_known: bool) -> Proof | Why:
    """What was typed as the second factor, or why it is none.

    Where the passphrase was right and the second factor wrong too often, digits are taken from
    browsers alone that signed in before: a million codes are few for who has the passphrase.
    """
    code_hash = door.vault.backup_code_hash(member.id, typed)
    if code_hash is not None:
        known = door.read.get(BackupCode, (member.id, code_hash))
        return OnPaper(code_hash) if known else Why.SECOND_FACTOR
    if member.totp_secret is None:
        return Why.SECOND_FACTOR
    secret = door.vault.open_server(totp_place(member.id), member.totp_secret).decode()
    is_slowed = not is_known and member.misses >= MOST_MISSES
    return _judge_digits(door, secret, typed, member.totp_last_step, is_slowed=is_slowed)


_NOBODY = UUID(int=0)
_NOBODYS_SECRET = "A" * 32
"""Of the length of a real one. What fits it lets nobody in."""


def judge_for_nobody(door: Door, typed: str) -> None:
    """The work that `find_proof` takes, for a name that nobody has: the time of the answer would
    otherwise tell who works here.
    """
    code_hash = door.vault.backup_code_hash(_NOBODY, typed)
    if code_hash is not None:
        door.read.get(BackupCode, (_NOBODY, code_hash))
        return
    door.vault.seal_server(totp_place(_NOBODY), _NOBODYS_SECRET.encode())  # As long as opening it.
    _judge_digits(door, _NOBODYS_SECRET, typed, None, is_slowed=False)


def _judge_digits(
    door: Door, secret: str, typed: str, last_step: int | None, *, is_slowed: bool
) -> Proof | Why:
    now = door.clock.security_now()
    step = digits_fit(secret, typed, steps_to_try(now, last_step))
    if is_slowed:
        return Why.SLOWED
    if step is not None:
        return Digits(step)
    if digits_fit(secret, typed, steps_to_try(now, None)) is not None:
        return Why.REPLAYED
    if digits_fit(secret, typed, stray_steps(now)) is not None:
        return Why.CLOCK
    return Why.SECOND_FACTOR


def spend(session: Session, staff_id: UUID, proof: Proof) -> bool:
    """Use a proof up. Of two sign-ins with the same at once, one wins (RFC 6238 section 5.2)."""
    if isinstance(proof, OnPaper):
        used = session.scalar(
            delete(BackupCode)
            .where(BackupCode.staff_id == staff_id, BackupCode.code_hash == proof.code_hash)
            .returning(BackupCode.staff_id)
        )
        return used is not None
    spent = session.scalar(
        update(StaffMember)
        .where(StaffMember.id == staff_id, StaffMember.totp_last_step < proof.step)
        .values(totp_last_step=proof.step)
        .returning(StaffMember.id)
    )
    return spent is not None


def count_miss(door: Door, staff_id: UUID, why: Why) -> None:
    """Note that the passphrase was right and the second factor was not, and tell the owner."""
    with door.change() as session:
        session.execute(
            update(StaffMember)
            .where(StaffMember.id == staff_id)
            .values(misses=StaffMember.misses + 1)
        )
        queue_sign_in_alert(session, staff_id, door.clock.today())
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(staff_id), why=why)


def first_step(door: Door, secret: str, typed: str) -> int | None:
    """The step of the digits that prove a new secret; None where they are not its digits."""
    return digits_fit(secret, typed, steps_to_try(door.clock.security_now(), None))
