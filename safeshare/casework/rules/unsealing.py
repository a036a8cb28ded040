"""Who may come to see the reporter's name beyond its keepers: with consent, or by necessity.

Nobody alone. With the reporter's consent a keeper gives the key. Without it, it takes one of the
four cases that the privacy page names, a reason, and the agreement of somebody other than the asker
(Directive (EU) 2019/1937, article 16, as a benchmark). Only a keeper can give a key, since nobody
else has it; so whoever else agrees lets a keeper give it and cannot make them.
"""

from datetime import date
from enum import StrEnum
from itertools import product
from uuid import UUID

from safeshare.kernel.errors import BarredError, InvalidError, StaleError
from safeshare.mailbox.rules import RequestKind, RequestState


class Purpose(StrEnum):
    """The four cases in which something may be passed on without consent."""

    LIFE = "life"
    AT_RISK = "at_risk"
    CRIME = "crime"
    COURT = "court"


def check_asking(*, is_anonymous: bool, has_open_request: bool) -> None:
    """Insists that there is a name to ask for, and that nobody is asking already.

    Raises:
        InvalidError: the reporter is anonymous, so there is no name to ask for.
        StaleError: somebody's request is open.
    """
    if is_anonymous:
        raise InvalidError("no_name_given", field="text")
    if has_open_request:
        raise StaleError("somebody is asking for the name already")


def check_deciding(
    kind: RequestKind, state: RequestState, closes_on: date, today: date, *, is_asker: bool
) -> None:
    """Insists that this person may agree to a request of necessity, or decline it, now.

    Raises:
        StaleError: it was decided, its time is over, or it is the reporter's to decide.
        BarredError: it is their own: nobody agrees with themselves.
    """
    is_open = state is RequestState.WAITING and today <= closes_on
    if kind is not RequestKind.NAME_NECESSARY or not is_open:
        raise StaleError("the request has been decided, or has expired")
    if is_asker:
        raise BarredError("not_for_oneself", field="decision")


def check_giving(
    kind: RequestKind,
    state: RequestState,
    closes_on: date,
    today: date,
    *,
    asker: UUID,
    giver: UUID,
) -> None:
    """Insists that a keeper may give the name now. A keeper who gives it agrees with that.

    Raises:
        StaleError: it was decided otherwise, its time is over, or nobody has agreed.
        BarredError: nobody but the asker would have agreed.
    """
    if today > closes_on or kind is RequestKind.LOOK_INTO:
        raise StaleError("the request has expired")
    if state is RequestState.AGREED:
        return
    if kind is not RequestKind.NAME_NECESSARY or state is not RequestState.WAITING:
        raise StaleError("the request has been decided, or the reporter has not agreed")
    if asker == giver:
        raise BarredError("not_for_oneself", field="decision")


def hand_overs(
    contact_id: UUID | None,
    keepers: frozenset[UUID],
    gone: frozenset[UUID],
    able: frozenset[UUID],
) -> frozenset[tuple[UUID, UUID]]:
    """To whom the key of the name may go, and in whose place: the contact person in the place of
    any keeper, and a holder who is `able` to keep it in the place of a keeper who is `gone`. There
    are as many keepers afterwards as before.
    """
    to_contact = () if contact_id is None else product({contact_id} - keepers, keepers)
    return frozenset((*to_contact, *product(able - keepers, gone & keepers)))
