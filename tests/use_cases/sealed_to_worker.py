"""Parts of the stories in which the worker's own keys go over to another suite."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from safeshare.casework.service.case_sheet import CodeThemes, code_themes
from safeshare.concerns.service.overseers import open_line
from safeshare.concerns.service.reseal_rounds import Round, SealedColumn
from safeshare.concerns.service.worker_seals import (
    OF_CASES,
    OF_NO_CASE,
    ForWorker,
    ResealForWorker,
    count_for_worker,
    renew_worker_keys,
    reseal_for_worker,
)
from safeshare.kernel.actors import Operator, Worker
from safeshare.kernel.sealed import Sealed
from safeshare.people.service.invitations import invitation_address, invitation_link
from safeshare.themes.service.parcels import open_parcel
from safeshare.updates.service.addresses import nudge_address
from safeshare.vault import KeyFiles
from tests.cast import Stage
from tests.use_cases.handlers import attested
from tests.use_cases.inviting import invited

CLASSICAL, HYBRID = 1, 2
ALL = (*OF_CASES, *OF_NO_CASE)
ADDRESSES, LINES, MAILS, PARCELS = ALL


def in_other_suite(stage: Stage, suite: int = CLASSICAL) -> Stage:
    """The same installation in a process that was started after its setting was changed."""
    keys = KeyFiles.load(stage.gate.vault.keys.folder)
    gate = replace(stage.gate, vault=replace(stage.gate.vault, keys=keys, key_suite=suite))
    return replace(stage, system=replace(stage.system, gate=gate))


def renewed(stage: Stage) -> Stage:
    """The installation on the day on which its new keys are in use."""
    later = with_new_keys(stage)
    stage.time.advance(days=1)
    return later


def with_new_keys(stage: Stage) -> Stage:
    """The installation on the day before. The processes that run have read its new keys."""
    later = in_other_suite(stage)
    later.gate.run(renew_worker_keys, Operator(), None)
    stage.gate.vault.read_worker_keys_anew()
    return later


def left(stage: Stage) -> ForWorker:
    return stage.gate.run(count_for_worker, Operator(), None)


def rounds(stage: Stage, *, of_cases: bool) -> Iterator[Round]:
    after = None
    while True:
        command = ResealForWorker(of_cases, after)
        done = stage.gate.run(reseal_for_worker, Operator(), command)
        if done.last is None:
            return
        yield done
        after = done.last


def reseal_all(stage: Stage) -> list[Round]:
    return [done for of_cases in (True, False) for done in rounds(stage, of_cases=of_cases)]


def rows_of(stage: Stage, one: SealedColumn[Any]) -> list[Any]:
    with stage.system.database.reading() as session:
        return list(session.scalars(select(one.sealed.class_).order_by(one.key)))


def seals(stage: Stage) -> list[tuple[str, Sealed]]:
    return [
        (one.sealed.class_.__tablename__, getattr(row, one.sealed.key))
        for one in ALL
        for row in rows_of(stage, one)
    ]


def suites(stage: Stage) -> set[int]:
    return {sealed.blob[0] for _table, sealed in seals(stage)}


def furnished(stage: Stage) -> list[str]:
    """An installation in which something is sealed to the worker in each of its tables."""
    references = []
    for number in range(3):
        sent, _code = stage.submit(address=f"{number}@home.example")
        references.append(sent.reference)
        coded(stage, sent.reference)
    invited(stage)
    return references


def coded(stage: Stage, reference: str) -> None:
    stage.gate.run(code_themes, attested(stage, reference), CodeThemes(reference, ("MIS",)))


def put_there(stage: Stage, table: type[Any], key: UUID, **values: Sealed) -> None:
    """What a writer of the tables can do."""
    (column,) = table.__table__.primary_key
    with stage.system.database.engine.begin() as writer:
        writer.execute(update(table).where(column == key).values(**values))


def read_by_worker(stage: Stage) -> list[object]:
    """All that the worker reads in what is sealed to it."""
    door = stage.gate.door(Worker())
    addresses = [nudge_address(door, one.party_id) for one in rows_of(stage, ADDRESSES)]
    lines = [open_line(door, one) for one in rows_of(stage, LINES)]
    invitations = [one.id for one in rows_of(stage, MAILS)]
    mails = [(invitation_address(door, one), invitation_link(door, one)) for one in invitations]
    parcels = [open_parcel(door, one) for one in rows_of(stage, PARCELS)]
    door.finish()
    assert all((addresses, lines, mails, parcels))
    return [addresses, lines, mails, parcels]
