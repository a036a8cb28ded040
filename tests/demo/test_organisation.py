"""The fictional organisation: people, queues, rota, places."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from config.settings import defaults
from safeshare.demo.story import (
    Story,
)
from safeshare.kernel.actors import Role
from safeshare.people.rules.queues import check_reserves, load_queues
from safeshare.people.rules.roles import roles_fit

SUNDAY = date(2026, 11, 22)
QUEUES = {"hr", "safeguarding", "professional_standards", "independent"}


def test_queues_have_four_to_eight_members_and_enough_supervisors(story: Story) -> None:
    by_name = {person.sign_in_name: person for person in story.people}
    for queue in QUEUES:
        members = [by_name[one.member] for one in story.memberships if one.queue == queue]
        supervisors = [one for one in members if Role.SUPERVISOR in one.roles]

        assert 4 <= len(members) <= 8
        assert len(supervisors) >= (3 if queue in {"hr", "safeguarding"} else 1)


def test_nobody_has_roles_that_must_be_apart_and_every_role_is_filled(story: Story) -> None:
    counts = Counter(role for person in story.people for role in person.roles)

    assert all(roles_fit(person.roles) for person in story.people)
    assert counts[Role.OVERSEER] == counts[Role.LEADER] == counts[Role.ADMINISTRATOR] == 2
    assert counts[Role.INSPECTOR] == 1
    assert 22 <= len(story.people) <= 26


def test_every_membership_was_approved_by_somebody_who_may(story: Story) -> None:
    by_name = {person.sign_in_name: person for person in story.people}
    for one in story.memberships:
        approver = by_name[one.approved_by]
        supervises = Role.SUPERVISOR in approver.roles and one.queue in approver.queues
        assert one.member != one.approved_by
        assert supervises or Role.OVERSEER in approver.roles


def test_the_queues_are_those_of_the_defaults(story: Story) -> None:
    queues = load_queues(defaults("queues"))

    assert {queue.code for queue in queues} == {one.queue for one in story.memberships} == QUEUES
    assert {queue.code: queue.reserve for queue in queues if queue.reserve} == story.reserves
    check_reserves({queue: story.reserves.get(queue) for queue in QUEUES})


def test_somebody_is_on_call_for_each_queue_on_each_day(story: Story) -> None:
    members = {(one.queue, one.member) for one in story.memberships}
    for queue in QUEUES:
        weeks = sorted(
            (week for week in story.rota if week.queue == queue), key=lambda week: week.from_on
        )
        assert all((week.queue, week.person) in members for week in weeks)
        assert weeks[0].from_on <= min(concern.received_on for concern in story.concerns)
        assert weeks[-1].until_on > SUNDAY + timedelta(days=90)
        assert all(
            later.from_on - earlier.until_on == timedelta(days=1)
            for earlier, later in pairwise(weeks)
        )


def test_every_place_lies_in_one_told_before_it(story: Story) -> None:
    known: set[str] = set()
    for place in story.places:
        assert place.within is None or place.within in known
        known.add(place.key)

    used = {one.place for one in story.concerns} | {one.place for one in story.people}
    assert used - {None} <= known
    assert {place.kind for place in story.places} >= {"service", "area", "station", "watch"}
    assert sum(concern.place is None for concern in story.concerns) > 100
