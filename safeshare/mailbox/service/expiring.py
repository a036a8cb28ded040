"""The end of requests that nobody decided: written down, never forgotten."""

from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.mailbox.queries import is_any_request_overdue, take_overdue_requests
from safeshare.mailbox.rules import RequestState
from safeshare.policy.actions import Action

REQUESTS_A_ROUND = 50


@use_case(Action.WORK_REQUESTS)
def expire_requests(door: Door, _command: None) -> int:
    """End what was asked and not decided, or agreed to and not given, by its last day. Returns how
    many; call again until 0.
    """
    today = door.clock.today()
    if not is_any_request_overdue(door.read, today):
        return 0
    with door.change() as session:
        overdue = take_overdue_requests(session, today, REQUESTS_A_ROUND)
        for request in overdue:
            request.state, request.closed_on = RequestState.EXPIRED, today
            request.for_overseer = None
            door.record(Event.REQUEST_EXPIRED, case_id=request.case_id, kind=request.kind)
    return len(overdue)
