from datetime import timedelta
from typing import Any

import pytest

from safeshare.kernel.errors import MisconfiguredError
from safeshare.updates.rules import PromiseKind, load_timetable, promises_of_submission
from tests.rules.conftest import shipped
from tests.rules.party import FRIDAY


def terms() -> list[dict[str, Any]]:
    return [dict(term) for term in shipped("timetable")["promise"]]


def spoilt(spoilt_kind: str, **changes: Any) -> list[dict[str, Any]]:
    """The shipped terms, one of them changed; a change to None takes the setting out."""
    return [
        {key: value for key, value in (term | changes).items() if value is not None}
        if term["kind"] == spoilt_kind
        else term
        for term in terms()
    ]


@pytest.mark.parametrize(
    "promises",
    [
        [],
        terms()[1:],
        [*terms(), terms()[0]],
        spoilt("reply", kind="weekly"),
        spoilt("reply", made_by=[]),
        spoilt("reply", made_by=["sneezed"]),
        spoilt("reply", kept_by="answered"),
        spoilt("reply", kept_by=["closed"]),
        spoilt("reply", when_due="shrug"),
        spoilt("reply", when_due=None),
        spoilt("reply", days=-1),
        spoilt("reply", days="two"),
        spoilt("reply", days=True),
        spoilt("reply", days=None, working_days=None),
        spoilt("update", days=0),
        spoilt("update", again="yes"),
        "28 days",
        [28],
    ],
)
def test_an_installation_cannot_start_with_a_timetable_that_makes_no_sense(promises: Any) -> None:
    with pytest.raises(MisconfiguredError):
        load_timetable({"promise": promises})


def test_another_service_can_promise_more() -> None:
    sooner = load_timetable({"promise": spoilt("update", days=14)})
    promised = {one.kind: one.due_on for one in promises_of_submission(sooner, FRIDAY)}
    assert promised[PromiseKind.UPDATE] == FRIDAY + timedelta(days=14)
