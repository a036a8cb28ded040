"""Parts of the stories about accounts."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyotp
from sqlalchemy import func, select

from safeshare.kernel.actors import Operator, Role, Visitor
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailKind
from safeshare.people.models import StaffMember
from safeshare.people.service.invitations import Invite, Invited, Proposal, invite
from safeshare.people.service.joining import (
    ChoosePassphrase,
    Join,
    Prepared,
    TryDigits,
    choose_passphrase,
    join,
    try_digits,
)
from safeshare.people.service.sign_in import SignedIn, SignIn, sign_in
from tests.cast import Stage

ADDRESS = "https://staff.example/join/"
GOOD = "tidal lamp onion crane velvet"
NEW = Proposal(
    sign_in_name="r.osei",
    display_name="Rhoda Osei",
    job_title="Case worker",
    email="r.osei@service.example",
    roles=frozenset({Role.LEADER}),
)


def proposed(stage: Stage, roles: set[Role], *queues: str, ends_on: date | None = None) -> Proposal:
    """Somebody new, proposed for these."""
    ids = tuple(stage.queues[one] for one in queues)
    return replace(NEW, roles=frozenset(roles), queue_ids=ids, ends_on=ends_on)


def invited(stage: Stage, proposal: Proposal = NEW, by: str = "administrator") -> str:
    """The secret part of a new invitation's link."""
    actor = Operator() if by == "operator" else stage.staff(by)
    made: Invited = stage.gate.run(invite, actor, Invite(proposal, ADDRESS))
    return made.link.removeprefix(ADDRESS)


def prepared(stage: Stage, link: str, passphrase: str = GOOD) -> Prepared:
    """What the invited person made so far."""
    made = stage.gate.run(choose_passphrase, Visitor(), ChoosePassphrase(link, passphrase))
    if not isinstance(made, Prepared):
        raise TypeError(made)
    return made


def joined(stage: Stage, link: str) -> Prepared:
    """Join with an authenticator app."""
    made = prepared(stage, link)
    digits = TryDigits(made.totp_secret, digits_of(stage, made))
    step = stage.gate.run(try_digits, Visitor(), digits)
    assert stage.gate.run(join, Visitor(), Join(link, made, step)) is None
    return made


def digits_of(stage: Stage, made: Prepared) -> str:
    """The six digits that the new phone shows now."""
    return pyotp.TOTP(made.totp_secret).at(stage.time.now)


def tried(stage: Stage, name: str, passphrase: str, digits: str, browser: str = "") -> Any:
    """What becomes of an attempt to sign in."""
    command = SignIn(name, passphrase, digits, browser)
    found: SignedIn | None = stage.gate.run(sign_in, Visitor(), command)
    return found


def member(stage: Stage, name: str) -> StaffMember:
    """The row of an account."""
    with stage.system.database.reading() as session:
        found = session.scalar(select(StaffMember).where(StaffMember.sign_in_name == name))
        if found is None:
            raise LookupError(name)
        return found


def mails(stage: Stage, kind: MailKind) -> int:
    """How many mails of a kind were promised."""
    with stage.system.database.reading() as session:
        wanted = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.kind == kind)
        return session.scalar(wanted) or 0
