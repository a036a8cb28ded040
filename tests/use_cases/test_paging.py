"""Calling the on-call person about danger, and then the reserve's, without saying why or when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.concerns.models import OnCallPage
from safeshare.concerns.queries import list_holders
from safeshare.concerns.service.paging import (
    SWEEPS_TO_RESERVE,
    Paged,
    accept_pages,
    page_on_call,
)
from safeshare.gate import Gate
from safeshare.kernel.actors import Operator, Worker
from safeshare.kernel.errors import MisconfiguredError
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay, LedgerEntry
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailKind
from safeshare.outbox.service.webhook import Webhook
from safeshare.people.models import Queue, StaffMember
from safeshare.people.service.addresses import work_address
from safeshare.people.service.away import GoAway, go_away
from safeshare.people.service.rota import TurnOnCall, set_rota
from safeshare.vault import KeyFiles
from tests.cast import Stage
from tests.use_cases.handlers import holders_of, ledger

DANGER = {"danger": "yes"}


def put_on_call(stage: Stage, queue: str, name: str) -> UUID:
    """Write somebody into the rota."""
    staff_id = stage.enrolled[name].staff_id
    turn = TurnOnCall(stage.queues[queue], staff_id, date(2026, 1, 1), date(2026, 12, 31))
    stage.gate.run(set_rota, Operator(), [turn])
    return staff_id


def sweep(stage: Stage) -> Paged:
    return stage.gate.run(page_on_call, Worker(), None)


def paged(stage: Stage) -> list[UUID]:
    """Whom a page was promised to."""
    with stage.system.database.reading() as session:
        found = select(OutgoingMail.recipient_id).where(OutgoingMail.kind == MailKind.PAGE)
        return list(session.scalars(found))


def pages(stage: Stage) -> list[OnCallPage]:
    with stage.system.database.reading() as session:
        return list(session.scalars(select(OnCallPage).order_by(OnCallPage.is_reserve)))


def test_an_on_call_person_can_be_called_at_once_and_once(stage: Stage) -> None:
    on_call = put_on_call(stage, "hr", "hr_4")
    stage.submit(DANGER)
    assert sweep(stage).called == 1
    assert [sweep(stage).called for _ in range(5)] == [0] * 5
    assert paged(stage) == [on_call]


def test_a_concern_without_danger_cannot_call_anybody(stage: Stage) -> None:
    put_on_call(stage, "hr", "hr_4")
    stage.submit()
    assert sweep(stage) == Paged()
    assert paged(stage) == []


def test_the_reserve_can_be_called_when_nobody_accepted_for_thirty_minutes(stage: Stage) -> None:
    first = put_on_call(stage, "hr", "hr_4")
    reserve = put_on_call(stage, reserve_of(stage, "hr"), f"{reserve_of(stage, 'hr')}_2")
    stage.submit(DANGER)
    for _ in range(SWEEPS_TO_RESERVE):
        sweep(stage)
    assert paged(stage) == [first]
    assert sweep(stage).called == 1
    assert set(paged(stage)) == {first, reserve}
    for _ in range(2 * SWEEPS_TO_RESERVE):
        sweep(stage)
    assert len(paged(stage)) == 2


def test_a_small_team_shares_danger_with_the_reserves_person_on_call(stage: Stage) -> None:
    """Four are there: three stay without, so that the rota does not tell who was kept out."""
    today = stage.gate.clock.today()
    for name in ("hr_1", "hr_2"):
        stage.gate.run(go_away, stage.staff(name), GoAway(today, None))
    first = put_on_call(stage, "hr", "hr_4")
    reserve = put_on_call(stage, reserve_of(stage, "hr"), f"{reserve_of(stage, 'hr')}_2")
    sent, _code = stage.submit(DANGER)
    holders = {stage.enrolled[name].staff_id for name in holders_of(stage, sent.reference)}
    assert holders == {first, reserve}
    sweep(stage)
    assert paged(stage) == [first]


def reserve_of(stage: Stage, code: str) -> str:
    with stage.system.database.reading() as session:
        queue = session.scalars(select(Queue).where(Queue.code == code)).one()
        reserve = session.get(Queue, queue.reserve_id)
    if reserve is None:
        raise AssertionError(f"{code} has no reserve")
    return reserve.code


def test_the_other_holders_can_be_called_where_no_rota_names_a_reserve(stage: Stage) -> None:
    first = put_on_call(stage, "hr", "hr_4")
    stage.submit(DANGER)
    for _ in range(SWEEPS_TO_RESERVE + 1):
        sweep(stage)
    with stage.system.database.reading() as session:
        grants = list_holders(session, pages(stage)[0].case_id)
    holders = {grant.grantee_id for grant in grants if grant.grantee_kind == "staff"}
    assert first in holders
    assert set(paged(stage)) == holders


def test_a_page_that_was_accepted_cannot_call_the_reserve(stage: Stage) -> None:
    put_on_call(stage, "hr", "hr_4")
    stage.submit(DANGER)
    sweep(stage)
    with stage.system.database.writing(Session) as session:
        accept_pages(session, pages(stage)[0].case_id)
        session.commit()
    for _ in range(SWEEPS_TO_RESERVE + 1):
        sweep(stage)
    assert len(paged(stage)) == 1
    assert [page.sweeps_left for page in pages(stage)] == [0]


def apart(stage: Stage) -> Gate:
    """The gate of a worker's own process."""
    keys = KeyFiles.load_for_worker(stage.gate.vault.keys.folder)
    return replace(stage.gate, vault=replace(stage.gate.vault, keys=keys))


def move_address(stage: Stage, staff_id: UUID) -> None:
    """What somebody does who can write to the tables and wants a call not to be heard."""
    with stage.system.database.engine.begin() as writer:
        there = update(StaffMember).where(StaffMember.id == staff_id)
        writer.execute(there.values(email="somebody@elsewhere.example"))


def test_a_worker_apart_calls_the_others_where_the_on_call_persons_record_was_changed(
    stage: Stage,
) -> None:
    first = put_on_call(stage, "hr", "hr_4")
    sent, _code = stage.submit(DANGER)
    others = {stage.enrolled[name].staff_id for name in holders_of(stage, sent.reference)} - {first}
    move_address(stage, first)
    assert apart(stage).run(page_on_call, Worker(), None).called == len(others)
    assert set(paged(stage)) == others
    alarms = [one.note for one in ledger(stage, Event.ALARM_RAISED)]
    assert alarms == [{"alarm": "record_not_as_signed", "owner": str(first)}]


def test_no_mail_goes_to_an_address_that_is_not_as_it_was_signed(stage: Stage) -> None:
    first = put_on_call(stage, "hr", "hr_4")
    door = apart(stage).door(Worker())
    assert work_address(door, first) == "hr_4@service.example"
    door.finish()
    move_address(stage, first)
    door = apart(stage).door(Worker())
    assert work_address(door, first) is None
    door.finish()


def test_a_reserve_whose_record_was_changed_is_not_waited_for(stage: Stage) -> None:
    first = put_on_call(stage, "hr", "hr_4")
    reserve = put_on_call(stage, reserve_of(stage, "hr"), f"{reserve_of(stage, 'hr')}_2")
    sent, _code = stage.submit(DANGER)
    holders = {stage.enrolled[name].staff_id for name in holders_of(stage, sent.reference)}
    move_address(stage, reserve)
    for _ in range(SWEEPS_TO_RESERVE + 1):
        apart(stage).run(page_on_call, Worker(), None)
    assert set(paged(stage)) == holders - {reserve}
    assert first in holders


def test_the_ledger_cannot_tell_when_somebody_was_called(stage: Stage) -> None:
    put_on_call(stage, "hr", "hr_4")
    stage.submit(DANGER)
    for _ in range(10):
        sweep(stage)
    with stage.system.database.reading() as session:
        timed = session.scalars(select(LedgerEntry.event).where(LedgerEntry.at.is_not(None)))
        laid = list(session.scalars(select(LedgerDay.event)))
    assert Event.ON_CALL_PAGED not in set(timed)
    assert laid.count(Event.ON_CALL_PAGED) == 1


class _Pager(BaseHTTPRequestHandler):
    bodies: list[bytes]
    answer = 202

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def pager() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a pager service, and what it was sent."""
    _Pager.bodies = []
    server = HTTPServer(("127.0.0.1", 0), _Pager)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/page?key=k", _Pager.bodies
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_pager_service_can_be_called_and_told_nothing(pager: tuple[str, list[bytes]]) -> None:
    address, bodies = pager
    assert Webhook(address).call()
    assert Webhook(address).call()
    assert bodies == [b'{"text": "You are on call. Please sign in now."}'] * 2


def test_a_dead_pager_service_cannot_stop_the_mail(stage: Stage) -> None:
    assert not Webhook("http://127.0.0.1:1/").call()
    assert not Webhook(None).call()
    put_on_call(stage, "hr", "hr_4")
    stage.submit(DANGER)
    assert sweep(stage) == Paged(called=1, waiting=0, by_webhook=False)


@pytest.mark.parametrize("address", ["ftp://pager.example/", "pager.example", "http://a:x/", ""])
def test_an_address_that_cannot_be_called_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(MisconfiguredError):
        Webhook(address)
