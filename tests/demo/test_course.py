"""What becomes of the story's cases."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from config.settings import defaults
from safeshare.casework.rules import Outcome, check_closing, check_status_change
from safeshare.concerns.rules import (
    CaseStatus,
)
from safeshare.demo.story import (
    Acknowledge,
    ChangeStatus,
    Close,
    CodeThemes,
    EndAftercare,
    ReporterMessage,
    StaffMessage,
    Story,
    Take,
    status_after,
)
from safeshare.demo.story.calendar import is_quiet

TAKES_A_SECOND_PERSON = {Outcome.NO_CASE, Outcome.MALICIOUS}
"""No story tells of them: each handler of a story works alone."""

SUNDAY = date(2026, 11, 22)


def group_of_each_theme() -> dict[str, str]:
    groups = defaults("vocabulary")["group"]
    return {theme["code"]: group["code"] for group in groups for theme in group["themes"]}


def test_a_case_moves_only_as_the_rules_of_casework_allow(story: Story) -> None:
    for concern in story.concerns:
        support_only = concern.answers["want"] == "support"
        came_from: CaseStatus | None = None
        for count, step in enumerate(concern.steps):
            status = status_after(concern.steps[:count])
            if isinstance(step, ChangeStatus):
                check_status_change(
                    status, step.status, came_from=came_from, support_only=support_only
                )
                came_from = status
            elif isinstance(step, Close):
                assert check_closing(status, step.outcome) is status_after(
                    concern.steps[: count + 1]
                )
            elif isinstance(step, Acknowledge):
                assert status is CaseStatus.RECEIVED
            elif isinstance(step, EndAftercare):
                assert status is CaseStatus.AFTERCARE


def test_a_case_is_taken_and_acknowledged_before_anything_else_is_done(story: Story) -> None:
    for concern in story.concerns:
        if concern.steps:
            assert isinstance(concern.steps[0], Take)
            assert Counter(type(step) for step in concern.steps)[Take] == 1
            kinds = [type(step) for step in concern.steps]
            assert kinds.index(Acknowledge) < min(
                (kinds.index(kind) for kind in (StaffMessage, CodeThemes, Close) if kind in kinds),
                default=99,
            )


def test_handlers_work_on_working_days_and_reporters_on_any(story: Story) -> None:
    steps = [step for concern in story.concerns for step in concern.steps]

    assert not any(
        is_quiet(step.on) for step in steps if not isinstance(step, ReporterMessage | EndAftercare)
    )
    assert any(is_quiet(step.on) for step in steps if isinstance(step, ReporterMessage))


def test_misses_show_some_replies_and_updates_are_late(story: Story) -> None:
    replies = [
        step.on - concern.received_on
        for concern in story.concerns
        for step in concern.steps
        if isinstance(step, Acknowledge)
    ]
    waiting = [
        concern
        for concern in story.concerns
        if not concern.steps and concern.received_on <= SUNDAY - timedelta(days=8)
    ]

    assert 0.7 < sum(delay <= timedelta(days=4) for delay in replies) / len(replies) < 1
    assert any(delay > timedelta(days=7) for delay in replies)
    assert waiting


def test_the_newest_concerns_are_untouched(story: Story) -> None:
    newest = [one for one in story.concerns if one.received_on > SUNDAY - timedelta(days=3)]

    assert len(newest) >= 3
    assert not any(concern.steps for concern in newest)


def test_a_handler_codes_the_main_theme_first(story: Story) -> None:
    coded = [
        (concern, step)
        for concern in story.concerns
        for step in concern.steps
        if isinstance(step, CodeThemes)
    ]

    assert len(coded) > 200
    for concern, step in coded:
        assert step.codes[0] == concern.theme
        assert len(set(step.codes)) == len(step.codes)
        assert set(step.codes) <= set(group_of_each_theme())


def test_every_outcome_is_told(story: Story) -> None:
    outcomes = Counter(
        step.outcome
        for concern in story.concerns
        for step in concern.steps
        if isinstance(step, Close)
    )

    assert set(outcomes) == set(Outcome) - TAKES_A_SECOND_PERSON


def test_a_case_never_has_the_same_message_twice(story: Story) -> None:
    for concern in story.concerns:
        texts = [
            step.text
            for step in concern.steps
            if isinstance(step, Acknowledge | StaffMessage | ReporterMessage | Close)
        ]
        assert len(set(texts)) == len(texts), (concern.key, texts)


def test_happenings_come_day_by_day_with_receipt_before_the_first_step(story: Story) -> None:
    happenings = list(story.happenings())

    assert len(happenings) == 300 + sum(len(concern.steps) for concern in story.concerns)
    assert all(earlier.on <= later.on for earlier, later in pairwise(happenings))
    seen: set[str] = set()
    for happening in happenings:
        assert (happening.step is None) == (happening.concern.key not in seen)
        seen.add(happening.concern.key)
