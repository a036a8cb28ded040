"""Keeping somebody out of a case for good, whatever they have to do with it. Parts of other use
cases, whose caller holds the case's row.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Case
from safeshare.concerns.queries import has_alarm, list_case_grants
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Why
from safeshare.concerns.service.alarms import end_call
from safeshare.concerns.service.exclusions import Locks
from safeshare.concerns.service.overseers import shut_out
from safeshare.gate import Door
from safeshare.kernel.sealed import Compartment
from safeshare.mailbox.queries import list_requests


def put_out(
    door: Door, session: Session, case: Case, locks: Locks, staff_id: UUID, why: Why
) -> None:
    """Put somebody on the list, or into the line where the locks have no more than that; out of the
    line of overseers; and where they oversee the case, they do so no more. The keys they have are
    taken by the caller. Raises StaleError where a key was changed meanwhile.
    """
    shut_out(door, session, case, locks, [staff_id], why)
    if case.overseer_id == staff_id:
        end_watch(door, session, case)


def end_watch(door: Door, session: Session, case: Case) -> UUID | None:
    """Let nobody oversee a case, and take back what was sealed to whoever did. The next one is
    drawn by whoever opens it with its notes, or found by the worker.

    Where the reporter had called them in, that is over too, and the reporter is told. Returns whose
    keys the caller takes: theirs, where they have the conversation as overseer and no other key.
    """
    watched, case.overseer_id = case.overseer_id, None
    _take_back_reasons(session, case.id)
    grants = list_case_grants(session, case.id)
    theirs = {one.compartment for one in grants if one.grantee_id == watched}
    called = theirs == {Compartment.CONVERSATION} and watched != case.contact_id
    if called or has_alarm(session, case.id, AlarmKind.ESCALATED):
        end_call(door, session, case.id, {one.party_id for one in grants})
    return watched if called else None


def _take_back_reasons(session: Session, case_id: UUID) -> None:
    """Unmake the copy of each reason that was sealed to an overseer. The reason itself stands in
    the case sheet: a holder who looks at the page about the name has it sealed anew.
    """
    for request in list_requests(session, case_id):
        request.for_overseer = None
