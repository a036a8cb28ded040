"""The leaders' page shows frozen releases, and to leaders only."""

from collections.abc import Callable

import pytest

from safeshare.kernel.actors import Operator, Worker
from safeshare.themes.rules import Vocabulary, period_of
from safeshare.themes.service.release import release_due_periods
from tests.cast import Stage
from tests.use_cases.test_themes import code
from tests.web.staff.desk import Desk


def test_a_leader_can_read_a_release_as_chart_and_table(
    sqlite_stage: Stage, desk: Callable[[], Desk]
) -> None:
    first = sqlite_stage.gate.clock.today()
    for _ in range(12):
        code(sqlite_stage, first, 0)
    code(sqlite_stage, first, 1)
    sqlite_stage.time.advance(days=60)
    sqlite_stage.gate.run(release_due_periods, Worker(), None)
    leader = desk()
    leader.sign_in("leader")
    leader.get("/themes")
    groups = sqlite_stage.gate.door(Operator()).rule(Vocabulary).groups
    assert all(leader.page.count(group.label) == 2 for group in groups)
    assert leader.page.count(">10<") == leader.page.count(">15<") == 2
    assert leader.page.count("withheld") >= 2 * (len(groups) - 1)
    page = leader.page
    assert leader.get(f"/themes/{period_of(first).key}").status_code == 200
    assert leader.page.count(">10<") == page.count(">10<")
    assert leader.get("/themes/2001-01-01").status_code == 404


def test_a_leader_is_told_when_there_is_nothing_to_show_yet(desk: Callable[[], Desk]) -> None:
    leader = desk()
    leader.sign_in("leader")
    assert leader.get("/themes").status_code == 200
    assert "There is nothing to show yet" in leader.page


@pytest.mark.parametrize("name", ["hr_1", "overseer", "administrator"])
def test_nobody_else_can_see_that_the_page_exists(desk: Callable[[], Desk], name: str) -> None:
    other = desk()
    other.sign_in(name)
    assert other.get("/themes").status_code == 404
