"""Who may come to see a name: the pure rules."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.casework.rules import (
    check_asking,
    check_deciding,
    check_giving,
    hand_overs,
)
from safeshare.kernel.errors import InvalidError, SealBrokenError, StaleError
from safeshare.mailbox.rules import (
    ASKS_THE_REPORTER,
    MOST_ANSWERS,
    OPEN_REQUESTS,
    RequestKind,
    RequestState,
    answers_given,
    check_answering,
    closes_on,
    with_answer,
)

TODAY = date(2026, 3, 2)
ADA, BEN, CAM = UUID(int=1), UUID(int=2), UUID(int=3)

kinds = st.sampled_from(RequestKind)
states = st.sampled_from(RequestState)
people = st.sampled_from([ADA, BEN, CAM])
days = st.integers(-3, 3)


@given(kinds, states, people, people, days)
def test_nobody_can_give_a_name_to_themselves_or_too_late_or_unasked(
    kind: RequestKind, state: RequestState, asker: UUID, giver: UUID, left: int
) -> None:
    last = TODAY + timedelta(days=left)
    agreed = state is RequestState.AGREED
    gives_second_word = (
        kind is RequestKind.NAME_NECESSARY and state is RequestState.WAITING and asker != giver
    )
    may = left >= 0 and kind is not RequestKind.LOOK_INTO and (agreed or gives_second_word)
    if may:
        check_giving(kind, state, last, TODAY, asker=asker, giver=giver)
    else:
        with pytest.raises((StaleError, InvalidError)):
            check_giving(kind, state, last, TODAY, asker=asker, giver=giver)


@given(kinds, states, st.booleans(), days)
def test_only_another_can_decide_and_only_what_waits(
    kind: RequestKind, state: RequestState, is_asker: bool, left: int
) -> None:
    last = TODAY + timedelta(days=left)
    waits = state is RequestState.WAITING and left >= 0
    if kind is RequestKind.NAME_NECESSARY and waits and not is_asker:
        check_deciding(kind, state, last, TODAY, is_asker=is_asker)
    else:
        with pytest.raises((StaleError, InvalidError)):
            check_deciding(kind, state, last, TODAY, is_asker=is_asker)


@given(kinds, states, days)
def test_a_reporter_can_answer_only_what_is_theirs_and_waits(
    kind: RequestKind, state: RequestState, left: int
) -> None:
    last = TODAY + timedelta(days=left)
    if kind in ASKS_THE_REPORTER and state is RequestState.WAITING and left >= 0:
        check_answering(kind, state, last, TODAY)
    else:
        with pytest.raises(StaleError):
            check_answering(kind, state, last, TODAY)


def test_nobody_can_ask_for_a_name_that_is_not_there_or_asked_for_already() -> None:
    check_asking(is_anonymous=False, has_open_request=False)
    with pytest.raises(InvalidError):
        check_asking(is_anonymous=True, has_open_request=False)
    with pytest.raises(StaleError):
        check_asking(is_anonymous=False, has_open_request=True)


@given(
    st.sampled_from([None, ADA, BEN, CAM]),
    st.frozensets(people),
    st.frozensets(people),
    st.frozensets(people),
)
def test_a_key_goes_to_a_contact_person_or_instead_of_whoever_is_gone_and_only_from_a_keeper(
    contact: UUID | None,
    keepers: frozenset[UUID],
    gone: frozenset[UUID],
    able: frozenset[UUID],
) -> None:
    found = hand_overs(contact, keepers, gone, able)
    for to, instead_of in product([ADA, BEN, CAM], repeat=2):
        follows = to in able and instead_of in gone
        changes_hands = to not in keepers and instead_of in keepers
        assert ((to, instead_of) in found) is (changes_hands and (to == contact or follows))


@given(st.lists(st.tuples(st.uuids().map(str), st.booleans()), max_size=12))
def test_the_newest_answers_are_kept_and_each_counts_as_it_was_last_given(
    said: list[tuple[str, bool]],
) -> None:
    kept: dict[str, object] = {"answers": []}
    for request_id, agrees in said:
        kept = with_answer(kept, request_id, agrees=agrees)
    found = answers_given(kept)
    assert len(found) <= MOST_ANSWERS
    last = dict(said)
    assert all(last[request_id] == agrees for request_id, agrees in found.items())
    if said:
        assert found[said[-1][0]] == said[-1][1]


@pytest.mark.parametrize("record", [{"answers": [["x"]]}, {"answers": [["x", "maybe"]]}])
def test_a_record_of_answers_that_is_not_ours_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(SealBrokenError):
        answers_given(record)


@pytest.mark.parametrize("kind", RequestKind)
def test_every_request_ends_by_itself(kind: RequestKind) -> None:
    assert closes_on(kind, TODAY) > TODAY
    assert frozenset({RequestState.WAITING, RequestState.AGREED}) == OPEN_REQUESTS
