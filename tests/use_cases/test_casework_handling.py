"""Holders work a case from its first opening to its close."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from safeshare.casework.rules import Outcome
from safeshare.casework.service.case_sheet import (
    CloseCase,
    CodeThemes,
    ReadThemes,
    close_case,
    code_themes,
    read_themes,
)
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
from safeshare.casework.service.opening import ReadConversation, read_conversation
from safeshare.concerns.models import CaseEventKind, OnCallPage
from safeshare.concerns.rules import CaseStatus, RiskBand
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Message
from safeshare.outbox.models import MailKind, OutgoingMail
from safeshare.themes.models import Parcel
from safeshare.themes.service.parcels import open_parcel
from safeshare.updates.rules import PromiseKind, PromiseState
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened

TOLD = {
    "concern": "The crew was told to sign blank sheets.",
    "wishes": "I want it to stop.",
    "who": "Crew commander A",
    "where": "The drill yard",
    "mode": "confidential",
}


def count(stage: Stage, table: type) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def kinds(stage: Stage, staff: object, reference: str) -> list[CaseEventKind]:
    view = opened(stage, staff, reference)  # type: ignore[arg-type]
    return [line.kind for line in view.summary.timeline]


def test_a_holder_can_read_all_that_was_told(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity={"name": "Robin Marsh", "phone": "01632 960001"})
    keeper = holders_of(stage, sent.reference, Compartment.IDENTITY)[0]
    view = opened(stage, attested(stage, sent.reference, keeper), sent.reference)
    assert view.answers["concern"] == TOLD["concern"]
    assert view.answers["wishes"] == TOLD["wishes"]
    assert view.identity == {"name": "Robin Marsh", "phone": "01632 960001"}
    assert view.summary.holders == tuple(
        sorted(name.replace("_", " ").title() for name in holders_of(stage, sent.reference))
    )
    assert view.summary.is_keeper
    assert {one.kind for one in view.promises} >= {PromiseKind.REPLY, PromiseKind.UPDATE}
