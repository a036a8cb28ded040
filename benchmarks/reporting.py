"""What one reporter's visit costs the server: the final submit, the whole way, the mailbox."""

from collections.abc import Iterator
from statistics import median

from benchmarks.floors import STRETCHING, Disk, Seals, stretch
from benchmarks.grounds import Ground
from benchmarks.journey import draft, prove, whole_journey
from benchmarks.measures import Measure, Spent, side_by_side, spent_on
from benchmarks.visitor import InProcess, Visitor, WrongAnswerError
from safeshare.app import create_reporter_app
from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.concerns.queries import get_case
from safeshare.gate import Gate
from safeshare.kernel.actors import Stranger
from safeshare.kernel.errors import NotFoundError
from safeshare.mailbox.service.entering import EnterMailbox, enter_mailbox

RUNS = 15
JOURNEYS = 7
MESSAGES = 4


def reporting(ground: Ground) -> Iterator[Measure]:
    """Every measure of a single reporter on one database."""
    app = create_reporter_app(ground.system)
    disk, seals = Disk(ground).prepare(), Seals.of(ground)
    yield _final_submit(ground, InProcess(app), disk, seals)
    yield _whole_journey(ground, InProcess(app))
    yield _mailbox(ground, InProcess(app), disk, seals)


def _final_submit(ground: Ground, way: InProcess, disk: Disk, seals: Seals) -> Measure:
    def send() -> Spent:
        visitor = Visitor(way)
        draft(visitor)
        way.spent.clear()
        if visitor.post("/form/check", {}).location != "/form/code":
            raise WrongAnswerError("a concern was not taken")
        return way.spent[0]

    def floor() -> None:
        stretch()
        disk.commit(seals.concern())

    taken, least = side_by_side(send, floor, RUNS)
    return Measure(
        f"final submit, {ground.name}",
        taken,
        "ms",
        1.5,
        least,
        f"one {STRETCHING}, the seals of a concern, one durable commit",
        by_ratio=True,
        note="the whole request with its session, one process",
    )


def _whole_journey(ground: Ground, way: InProcess) -> Measure:
    whole_journey(Visitor(way))
    taken = []
    for _ in range(JOURNEYS):
        way.spent.clear()
        whole_journey(Visitor(way))
        taken.append(sum(one.cpu for one in way.spent))
    return Measure(
        f"whole submit journey, {ground.name}, server CPU",
        median(taken),
        "ms",
        220,
        median(spent_on(stretch).cpu for _ in range(RUNS)),
        f"one {STRETCHING}",
        note=f"{len(way.spent)} requests with every question answered, one web process",
    )


def _mailbox(ground: Ground, way: InProcess, disk: Disk, seals: Seals) -> Measure:
    sender = Visitor(InProcess(way.app))
    draft(sender)
    words = prove(sender.send())
    _write_to(ground, words)
    opens = seals.mailbox(MESSAGES)

    def enter() -> Spent:
        visitor = Visitor(way)
        visitor.open("/messages/enter")
        way.spent.clear()
        visitor.send(values={"code": " ".join(words)})
        if visitor.path != "/messages":
            raise WrongAnswerError("a code did not open its mailbox")
        return Spent(sum(one.wall for one in way.spent), sum(one.cpu for one in way.spent))

    def floor() -> None:
        stretch()
        opens()
        disk.commit(b"a ledger entry")

    taken, least = side_by_side(enter, floor, RUNS)
    return Measure(
        f"opening the mailbox, {ground.name}",
        taken,
        "ms",
        1.5,
        least,
        f"one {STRETCHING}, a grant and {MESSAGES} messages opened, one durable commit",
        by_ratio=True,
        note="from the sent code to the page: both requests, one process",
    )


def _write_to(ground: Ground, words: list[str]) -> None:
    """Give the mailbox a conversation."""
    gate: Gate = ground.system.gate
    entered = gate.run(enter_mailbox, Stranger(), EnterMailbox(" ".join(words)))
    with ground.system.database.reading() as session:
        reference = get_case(session, entered.case_id).reference
    for name in ground.stage.enrolled:
        staff = ground.stage.staff(name)
        try:
            gate.run(declare_tie, staff, DeclareTie(reference, has_tie=False))
        except NotFoundError:
            continue
        for number in range(MESSAGES):
            gate.run(write_message, staff, WriteMessage(reference, f"Message {number}. " * 15))
        return
    raise WrongAnswerError("nobody holds the case")
