from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import defaults
from safeshare.concerns.rules import (
    CaseStatus,
    Mode,
    clean_answers,
    contact_address,
    identity_record,
    load_routing,
    route,
)
from safeshare.demo.story import (
    Story,
    tell_story,
)
from safeshare.demo.story.sources import settings as workplaces
from safeshare.demo.story.sources import situations
from tests.properties import examples

SUNDAY = date(2026, 11, 22)
QUEUES = {"hr", "safeguarding", "professional_standards", "independent"}


def group_of_each_theme() -> dict[str, str]:
    groups = defaults("vocabulary")["group"]
    return {theme["code"]: group["code"] for group in groups for theme in group["themes"]}


def test_the_same_day_and_seed_tell_the_same_story(story: Story) -> None:
    assert tell_story(SUNDAY) == story


def test_another_seed_tells_another_story_of_the_same_organisation(story: Story) -> None:
    other = tell_story(SUNDAY, seed=7)

    assert other.people == story.people
    assert {one.text for one in other.concerns} != {one.text for one in story.concerns}


@pytest.mark.parametrize("month", range(1, 13))
def test_every_state_is_there_on_any_day(month: int) -> None:
    told = tell_story(date(2027, month, 1 + month * 2))

    assert {concern.status for concern in told.concerns} == set(CaseStatus)


@given(st.dates(date(2025, 1, 1), date(2032, 12, 31)), st.integers(0, 1000))
@settings(max_examples=examples(15))
def test_nothing_happens_in_the_future_or_out_of_order(today: date, seed: int) -> None:
    for concern in tell_story(today, seed).concerns:
        days = [concern.received_on, *(step.on for step in concern.steps)]

        assert days == sorted(days)
        assert days[-1] <= today
        assert days[0] > today - timedelta(days=549)


def test_about_300_concerns_are_told_over_18_months(story: Story) -> None:
    received = [concern.received_on for concern in story.concerns]

    assert len(received) == 300
    assert min(received) < SUNDAY - timedelta(days=500)
    assert sum(day > SUNDAY - timedelta(days=14) for day in received) >= 10


def test_no_two_concerns_have_the_same_words_or_nearly_the_same(story: Story) -> None:
    sentences = [
        frozenset(one.text.replace("\n\n", " ").strip(".").split(". ")) for one in story.concerns
    ]
    firsts = Counter(one.text for one in story.concerns)

    assert firsts.most_common(1)[0][1] == 1
    assert len({concern.key for concern in story.concerns}) == 300
    for index, one in enumerate(sentences):
        for other in sentences[index + 1 :]:
            assert len(one & other) <= 0.75 * max(len(one), len(other))


def test_a_concern_is_between_40_and_250_words_without_a_gap_left(story: Story) -> None:
    for concern in story.concerns:
        assert 40 <= len(concern.text.split()) <= 250, concern.text
        for text in (concern.text, *map(str, concern.answers.values())):
            assert "{" not in text
            assert "  " not in text


def test_every_block_can_be_told_in_every_setting_of_its_situation() -> None:
    for situation in situations():
        for setting in situation.settings:
            words = {**workplaces()[setting].words, **dict.fromkeys(("ago", "Ago", "span"), "x")}
            blocks = (*situation.start, *(one for choices in situation.then for one in choices))
            for block in (*blocks, situation.who or "x"):
                assert "{" not in block.format_map(words)
            for block in blocks:
                assert block[0].isupper() or block[0] == "{"
                assert block[-1] == "."


def test_the_form_takes_every_answer_as_it_is(story: Story) -> None:
    for concern in story.concerns:
        assert clean_answers(concern.answers) == dict(concern.answers)


def test_a_reporter_who_chose_a_team_is_asked_for_no_category_and_given_that_team(
    story: Story,
) -> None:
    routing = load_routing(defaults("routing"), QUEUES)
    chosen = [one for one in story.concerns if "handle_by" in one.answers]
    assert len(chosen) > 20
    for concern in chosen:
        assert "category" not in concern.answers
        decided = route(routing, concern.answers)
        goes_first = {"about", "at_risk"} & set(decided.reason)
        assert decided.queue == concern.answers["handle_by"] or goes_first


def test_every_way_of_being_known_is_used_and_anonymous_tells_nothing(story: Story) -> None:
    counts = Counter(concern.mode for concern in story.concerns)

    assert min(counts[mode] for mode in Mode) >= 30
    for concern in story.concerns:
        is_anonymous = concern.mode is Mode.ANONYMOUS
        assert (concern.identity is None) == is_anonymous
        assert concern.nudge_address is None or not is_anonymous
        assert concern.answers["mode"] == concern.mode.value


def test_what_a_reporter_says_of_themselves_fits_the_small_records(story: Story) -> None:
    for concern in story.concerns:
        if concern.identity is not None:
            given_fields = {
                "name": concern.identity.name,
                "phone": concern.identity.phone,
                "reach": concern.identity.reach,
            }
            said = {field: line for field, line in given_fields.items() if line}
            assert identity_record(concern.mode, given_fields) == said
        if concern.nudge_address is not None:
            assert contact_address(concern.nudge_address) == concern.nudge_address
            assert concern.nudge_address.endswith(".example")


def test_no_name_address_or_number_is_given_twice(story: Story) -> None:
    identities = [concern.identity for concern in story.concerns if concern.identity]
    names = [person.name for person in story.people]
    names += [*story.recovery_officers, *(identity.name for identity in identities)]
    phones = [identity.phone for identity in identities if identity.phone]
    addresses = [person.email for person in story.people]
    addresses += [concern.nudge_address for concern in story.concerns if concern.nudge_address]

    for given_twice in (names, phones, addresses):
        assert len(set(given_twice)) == len(given_twice)


def test_nobody_who_tells_it_is_anonymous_is_named_in_a_text(story: Story) -> None:
    surnames = {person.name.split()[1] for person in story.people}

    for concern in story.concerns:
        assert not surnames & set(concern.text.replace(".", " ").replace(",", " ").split())


def test_concerns_reach_each_queue_by_the_default_routing(story: Story) -> None:
    routing = load_routing(defaults("routing"), QUEUES)
    reached = Counter(route(routing, concern.answers).queue for concern in story.concerns)

    assert set(reached) == QUEUES
    assert min(reached.values()) >= 15


def test_a_concern_about_those_who_handle_concerns_goes_outside(story: Story) -> None:
    routing = load_routing(defaults("routing"), QUEUES)
    about = [concern for concern in story.concerns if concern.answers.get("about")]

    assert len(about) >= 5
    assert {route(routing, concern.answers).queue for concern in about} == {"independent"}


def test_danger_risk_and_support_only_are_all_told(story: Story) -> None:
    answers = [concern.answers for concern in story.concerns]

    assert sum(one.get("danger") == "yes" for one in answers) >= 3
    assert {risk for one in answers for risk in one.get("at_risk", ())} == {"child", "adult"}
    assert sum(one["want"] == "support" for one in answers) >= 10
    assert {one["stake"] for one in answers} == {"me", "someone_else", "saw", "heard", "worried"}


def test_every_theme_of_the_vocabulary_is_told(story: Story) -> None:
    assert {concern.theme for concern in story.concerns} == set(group_of_each_theme())


def test_a_reporter_chooses_only_among_the_groups_that_the_form_offers(story: Story) -> None:
    chosen = {one for concern in story.concerns for one in concern.answers.get("category", ())}

    assert chosen == set(group_of_each_theme().values())


def test_most_periods_have_groups_to_show_and_groups_to_withhold(story: Story) -> None:
    groups = group_of_each_theme()
    both = 0
    for back in range(12):
        until = SUNDAY - timedelta(days=42 * back)
        received = Counter(
            groups[concern.theme]
            for concern in story.concerns
            if until - timedelta(days=42) < concern.received_on <= until
        )
        counts = [received[group] for group in set(groups.values())]

        assert len(counts) == 7
        both += max(counts) >= 5 > min(counts)

    assert both >= 9
