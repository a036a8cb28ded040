"""A leader reads counts, and nothing of any case."""

import pytest

from safeshare.casework.service.case_sheet import CodeThemes, code_themes
from safeshare.casework.service.handling import AcknowledgeCase, acknowledge
from safeshare.kernel.actors import Operator, Worker
from safeshare.themes.rules import Vocabulary
from safeshare.themes.service.release import release_due_periods
from tests.cast import Stage
from tests.journeys.conftest import Visits
from tests.journeys.staff import MOUNT, Colleague
from tests.use_cases.handlers import attested

pytestmark = pytest.mark.journey

COUNTED = 12
SHOWN = "10"
"""Twelve, rounded to the nearest 5."""


@pytest.fixture
def leader(visits: Visits, scripts: bool) -> Colleague:
    """Somebody at the top of the service."""
    return visits(Colleague, scripts=scripts)


def _code_concerns(stage: Stage) -> tuple[str, str]:
    """Let handlers code concerns, all but one alike. Returns what the two groups are called."""
    many, one = stage.gate.door(Operator()).rule(Vocabulary).groups[:2]
    for group in [many] * COUNTED + [one]:
        sent, _ = stage.submit()
        holder = attested(stage, sent.reference)
        stage.gate.run(acknowledge, holder, AcknowledgeCase(sent.reference, "Thank you."))
        command = CodeThemes(sent.reference, (group.themes[0].code,))
        stage.gate.run(code_themes, holder, command)
    return many.label, one.label


def test_a_leader_can_read_released_themes_as_a_table_and_a_chart(
    leader: Colleague, sqlite_stage: Stage
) -> None:
    leader.signs_in(sqlite_stage, "leader").reads("There is nothing to show yet.")
    many, one = _code_concerns(sqlite_stage)
    sqlite_stage.time.advance(days=60)
    assert sqlite_stage.gate.run(release_due_periods, Worker(), None) == 1
    leader.signs_in(sqlite_stage, "leader").reads("Themes of the concerns raised")
    written = _pairs(leader, "tbody tr", "th", "td")
    assert _pairs(leader, ".ss-chart__row", "span:first-child", "span:last-child") == written
    shown = dict(written)
    assert (shown.pop(many), shown.pop(one)) == (SHOWN, "withheld")
    assert shown.pop("All concerns, each counted once") == "15"
    assert set(shown.values()) == {"withheld"}


def _pairs(leader: Colleague, row: str, label: str, value: str) -> list[tuple[str, str]]:
    return [
        (one.locator(label).inner_text(), one.locator(value).inner_text())
        for one in leader.page.locator(row).all()
    ]


def test_a_leader_cannot_open_a_case(leader: Colleague, sqlite_stage: Stage) -> None:
    sent, _ = sqlite_stage.submit()
    leader.signs_in(sqlite_stage, "leader").finds_no(sent.reference, "Your queue")
    assert leader.answer_to(f"{MOUNT}/cases/{sent.reference}").status == 404
    assert leader.answer_to(f"{MOUNT}/cases/{sent.reference}/conflict").status == 404


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("overseer", "You cannot read what was told"),
        ("administrator", "You cannot read any concern"),
    ],
)
def test_staff_without_cases_are_told_what_they_can_do(
    leader: Colleague, sqlite_stage: Stage, name: str, words: str
) -> None:
    leader.signs_in(sqlite_stage, name).reads("What you can do here", words)
