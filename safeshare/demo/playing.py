"""Plays the steps of the story's cases through the same use cases that the web calls."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import singledispatchmethod
from uuid import UUID

from sqlalchemy import bindparam, select

from safeshare.casework.service.case_sheet import CloseCase, CodeThemes, close_case, code_themes
from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handling import (
    AcknowledgeCase,
    ChangeStatus,
    TakeCase,
    WriteMessage,
    acknowledge,
    change_status,
    take_case,
    write_message,
)
from safeshare.casework.service.opening import OpenCase, open_case
from safeshare.concerns.models import Case, Grant, GranteeKind, Party
from safeshare.concerns.rules import CaseStatus
from safeshare.concerns.service.submit import SubmitConcern, submit_concern
from safeshare.demo import story
from safeshare.demo.cast import Cast
from safeshare.demo.story import Happening, StoryConcern
from safeshare.gate import Gate
from safeshare.kernel.actors import Reporter, Staff, Stranger
from safeshare.kernel.errors import NotFoundError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.mailbox.service.writing import WriteAsReporter, write_as_reporter


@dataclass(frozen=True, slots=True)
class _Played:
    """A concern that was sent: its case, who handles it, and its code."""

    reference: str
    handler: UUID
    reporter: Reporter
    code: AccessCode = field(repr=False)


class Player:
    """Sends the story's concerns and takes their steps."""

    def __init__(
        self,
        gate: Gate,
        cast: Cast,
        places: Mapping[str, UUID],
        codes: Mapping[str, Future[AccessCode]],
    ) -> None:
        self._codes = codes
        self._gate = gate
        self._cast = cast
        self._places = places
        self._played: dict[str, _Played] = {}

    def play(self, happenings: Iterable[Happening]) -> None:
        """Let these things happen, one after the other."""
        for one in happenings:
            if one.step is None:
                self._send(one.concern)
            else:
                played = self._played[one.concern.key]
                self._step(one.step, played, self._cast.actor(played.handler))

    def code_of(self, concern: StoryConcern) -> tuple[str, AccessCode]:
        """The reference and the access code of a concern that was sent."""
        played = self._played[concern.key]
        return played.reference, played.code

    def _send(self, concern: StoryConcern) -> None:
        """Send a concern as its reporter would, once its code is stretched."""
        code = self._codes[concern.key].result()
        answers = dict(concern.answers)
        if concern.place:
            answers["place"] = str(self._places[concern.place])
        identity = concern.identity
        command = SubmitConcern(
            answers=answers,
            identity={"name": identity.name, "phone": identity.phone, "reach": identity.reach}
            if identity
            else {},
            address=concern.nudge_address or "",
            order=(),
            code=code,
        )
        sent = self._gate.run(submit_concern, Stranger(), command)
        self._played[concern.key] = self._after_sending(sent.reference, code)

    def _after_sending(self, reference: str, code: AccessCode) -> _Played:
        with self._gate.database.reading() as session:
            rows = session.execute(_SENT, {"reference": reference}).all()
        if not rows:
            raise NotFoundError(reference)
        case_id, party_id, _ = rows[0]
        keys = self._gate.vault.party_keys(code, "send")
        return _Played(
            reference=reference,
            handler=min(row[2] for row in rows),
            reporter=Reporter(case_id, party_id, keys.private_key),
            code=code,
        )

    @singledispatchmethod
    def _step(self, step: object, played: _Played, handler: Staff) -> None:
        raise TypeError(f"the story has a step that nobody can play: {type(step).__name__}")

    @_step.register
    def _(self, _step: story.Take, played: _Played, handler: Staff) -> None:
        reference = played.reference
        self._gate.run(declare_tie, handler, DeclareTie(reference, has_tie=False))
        self._gate.run(open_case, handler, OpenCase(reference))
        self._gate.run(take_case, handler, TakeCase(reference))

    @_step.register
    def _(self, step: story.Acknowledge, played: _Played, handler: Staff) -> None:
        self._gate.run(acknowledge, handler, AcknowledgeCase(played.reference, step.text))

    @_step.register
    def _(self, step: story.StaffMessage, played: _Played, handler: Staff) -> None:
        self._gate.run(write_message, handler, WriteMessage(played.reference, step.text))

    @_step.register
    def _(self, step: story.ReporterMessage, played: _Played, _handler: Staff) -> None:
        self._gate.run(write_as_reporter, played.reporter, WriteAsReporter(step.text, new_id()))

    @_step.register
    def _(self, step: story.ChangeStatus, played: _Played, handler: Staff) -> None:
        seen = self._status(played)
        if seen is not step.status:
            self._gate.run(
                change_status, handler, ChangeStatus(played.reference, seen, step.status)
            )

    @_step.register
    def _(self, step: story.CodeThemes, played: _Played, handler: Staff) -> None:
        self._gate.run(code_themes, handler, CodeThemes(played.reference, step.codes))

    @_step.register
    def _(self, step: story.Close, played: _Played, handler: Staff) -> None:
        command = CloseCase(played.reference, self._status(played), step.outcome, step.text)
        self._gate.run(close_case, handler, command)

    @_step.register
    def _(self, _step: story.EndAftercare, _played: _Played, _handler: Staff) -> None:
        """Time does it: the worker ends aftercare on the day."""

    def _status(self, played: _Played) -> CaseStatus:
        with self._gate.database.reading() as session:
            status = session.scalar(_STATUS, {"reference": played.reference})
        if status is None:
            raise NotFoundError(played.reference)
        return status


_SENT = (
    select(Case.id, Party.id, Grant.grantee_id)
    .join(Party, Party.case_id == Case.id)
    .join(Grant, Grant.case_id == Case.id)
    .where(
        Case.reference == bindparam("reference"),
        Grant.compartment == Compartment.WORK,
        Grant.grantee_kind == GranteeKind.STAFF,
    )
)
"""The case, its party, and each holder."""

_STATUS = select(Case.status).where(Case.reference == bindparam("reference"))
