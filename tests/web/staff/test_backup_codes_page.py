"""Whoever signs in without backup codes, as a new installation's supervisor, is led to them."""

import re

import pytest

from safeshare.kernel.actors import Operator, Role
from safeshare.people.service.accounts import EnrolStaff, enrol_staff
from tests.cast import PASSPHRASE, Stage
from tests.web.staff.desk import Desk, Desks

NAME = "first.supervisor"


@pytest.fixture
def supervisor(sqlite_stage: Stage, desk: Desks) -> Desk:
    """The browser of somebody whom `safeshare init` named."""
    command = EnrolStaff(
        sign_in_name=NAME,
        display_name="First Supervisor",
        job_title="Tester",
        email="first@service.example",
        passphrase=PASSPHRASE,
        roles=frozenset({Role.SUPERVISOR}),
        queue_ids=(sqlite_stage.queues["hr"],),
        approved_by_init=True,
        has_codes=False,
    )
    sqlite_stage.enrolled[NAME] = sqlite_stage.gate.run(enrol_staff, Operator(), command)
    return desk()


def test_a_first_supervisor_is_led_to_backup_codes_and_then_on(
    sqlite_stage: Stage, supervisor: Desk, desk: Desks
) -> None:
    location = supervisor.sign_in(NAME, address="/sign-in?next=/queues").location
    assert location == "/staff/account/backup-codes?then=/queues"
    address = location.removeprefix("/staff")
    supervisor.get(address)
    assert "Not now" in supervisor.page
    supervisor.send(address)
    assert len(re.findall("ss-secret", supervisor.page)) == 10
    assert 'href="/staff/queues">Go on' in supervisor.page
    sqlite_stage.time.advance(minutes=1)
    assert desk().sign_in(NAME).location == "/staff/"


def test_the_way_on_cannot_lead_elsewhere(supervisor: Desk) -> None:
    supervisor.sign_in(NAME)
    supervisor.get("/account/backup-codes?then=//evil.example")
    assert "evil.example" not in supervisor.page
    assert "Not now" not in supervisor.page


def test_whoever_has_codes_comes_to_their_queue(desk: Desks) -> None:
    assert desk().sign_in("hr_supervisor").location == "/staff/"
