"""What the staff's pages cost the server, however many cases there are."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median

from sqlalchemy import insert, select

from benchmarks.floors import Disk, Seals
from benchmarks.grounds import Ground
from benchmarks.journey import CONCERN
from benchmarks.measures import Measure, spent_on
from benchmarks.visitor import InProcess, Visitor
from safeshare.app import create_app
from safeshare.casework.held_queries import Place, Shown, list_held
from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.casework.service.queue import PAGE, kept_by_people
from safeshare.kernel.identifiers import new_id
from safeshare.themes.models import Release
from safeshare.themes.rules import Table, Vocabulary, stored_table
from safeshare.themes.service.release import RELEASES_SHOWN
from safeshare.updates.rules import Timetable
from tests.cast import PASSPHRASE

HANDLER, LEADER = "hr_1", "leader"
SIZES = (100, 1000)
RUNS = 15
OPENED = 20
MESSAGES = 4


def handling(ground: Ground) -> Iterator[Measure]:
    """Every measure of the staff app on one database."""
    way = InProcess(create_app(ground.stage.system))
    handler = _signed_in(way, ground, HANDLER)
    references: list[str] = []
    for size in SIZES:
        references += _send(ground, size - len(references))
        ground.gather_statistics()
        yield _queue_page(ground, way, handler, size)
    yield from _opening(ground, way, handler, references[:OPENED])
    _add_releases(ground)
    yield _leaders_page(ground, way, _signed_in(way, ground, LEADER))


def _signed_in(way: InProcess, ground: Ground, name: str) -> Visitor:
    visitor = Visitor(way).open("/staff/sign-in")
    digits = ground.stage.six_digits(name)
    return visitor.send(
        values={"sign_in_name": name, "passphrase": PASSPHRASE, "six_digits": digits}
    )


def _send(ground: Ground, cases: int) -> list[str]:
    """Concerns that the handler holds, all received on one day."""
    first = ground.stage.enrolled[HANDLER].staff_id
    references = []
    for _ in range(cases):
        sent, _code = ground.stage.submit({"concern": CONCERN}, order=(first,))
        references.append(sent.reference)
    return references


def _queue_page(ground: Ground, way: InProcess, handler: Visitor, size: int) -> Measure:
    gate, staff_id = ground.stage.gate, ground.stage.enrolled[HANDLER].staff_id
    shown = Shown(None, None, None, None, False, False, date.max, date.max)
    kinds = kept_by_people(gate.door(ground.stage.staff(HANDLER)).rule(Timetable))
    nowhere: Place | None = None

    def list_once() -> None:
        with ground.stage.system.database.reading() as session:
            list_held(session, staff_id, shown, kinds, after=nowhere, most=PAGE + 1)

    return Measure(
        f"queue page, {size:,} cases of one handler, {ground.name}",
        _wall(way, lambda: handler.open("/staff/")),
        "ms",
        25,
        median(spent_on(list_once).wall for _ in range(RUNS)),
        "its one large statement",
        note=f"{PAGE} cases a page, one process",
    )


def _opening(
    ground: Ground, way: InProcess, handler: Visitor, references: list[str]
) -> Iterator[Measure]:
    staff = ground.stage.staff(HANDLER)
    for reference in references:
        ground.stage.gate.run(declare_tie, staff, DeclareTie(reference, has_tie=False))
    disk, opens = Disk(ground).prepare(), Seals.of(ground).mailbox(MESSAGES)

    def floor() -> None:
        opens()
        opens()
        disk.commit(b"a ledger entry")

    least = median(spent_on(floor).wall for _ in range(RUNS))
    floor_is = "two grants opened and the messages, one durable commit"
    waiting = iter(references)
    yield Measure(
        f"opening a case for the first time, {ground.name}",
        _wall(way, lambda: handler.open(f"/staff/cases/{next(waiting)}"), len(references) - 1),
        "ms",
        15,
        least,
        floor_is,
        note="with its ledger entry, timeline and promise kept, one process",
    )
    for number in range(MESSAGES):
        command = WriteMessage(references[0], f"Message {number}. " * 15)
        ground.stage.gate.run(write_message, staff, command)
    yield Measure(
        f"opening a case, {ground.name}",
        _wall(way, lambda: handler.open(f"/staff/cases/{references[0]}")),
        "ms",
        15,
        least,
        floor_is,
        note=f"with its ledger entry, {MESSAGES} messages, one process",
    )


def _leaders_page(ground: Ground, way: InProcess, leader: Visitor) -> Measure:
    def read_once() -> None:
        with ground.stage.system.database.reading() as session:
            session.scalars(select(Release)).all()

    return Measure(
        f"leaders' page, {RELEASES_SHOWN} releases, {ground.name}",
        _wall(way, lambda: leader.open("/staff/themes")),
        "ms",
        15,
        median(spent_on(read_once).wall for _ in range(RUNS)),
        "its one statement",
        note="one process",
    )


def _wall(way: InProcess, visit: Callable[[], object], runs: int = RUNS) -> float:
    """The median of the server's wall milliseconds; a first visit fills caches."""
    visit()
    way.spent.clear()
    for _ in range(runs):
        visit()
    return median(one.wall for one in way.spent)


def _add_releases(ground: Ground) -> None:
    """Frozen tables of eighteen months, as the worker would have made them."""
    vocabulary = ground.stage.gate.door(ground.stage.staff(LEADER)).rule(Vocabulary)
    groups = tuple((group.code, 5 * (n + 1)) for n, group in enumerate(vocabulary.groups))
    table, first = stored_table(Table(60, groups)), date(2024, 1, 1)
    rows = [
        {
            "id": new_id(),
            "period": (first + timedelta(weeks=6 * n)).isoformat(),
            "from_on": first + timedelta(weeks=6 * n),
            "until_on": first + timedelta(weeks=6 * n + 6, days=-1),
            "released_on": first + timedelta(weeks=6 * n + 6),
            "table": table,
        }
        for n in range(RELEASES_SHOWN)
    ]
    with ground.stage.system.database.engine.begin() as connection:
        connection.execute(insert(Release), rows)
