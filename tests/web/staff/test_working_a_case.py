"""A handler takes a case from the queue to its close by the pages alone."""

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseDocument, DocumentKind
from safeshare.concerns.rules import Answer, CaseStatus
from safeshare.kernel.sealed import Compartment, Sealed
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Message
from tests.cast import Stage
from tests.use_cases.handlers import (
    attested,
    case_of,
    holders_of,
    ledger,
    opened,
    strangers_of,
)
from tests.web.staff.desk import Desk, Desks

TOLD: Mapping[str, Answer] = {
    "concern": "The crew was told to sign blank sheets.",
    "wishes": "I want it to stop.",
    "who": "Crew commander A",
    "where": "The drill yard",
    "category": ("behaviour",),
    "stake": "saw",
    "mode": "confidential",
}
PARTS = ("", "/conflict", "/take", "/acknowledge", "/message", "/status", "/close", "/themes")


def at_case(stage: Stage, desk: Desks, reference: str, name: str | None = None) -> Desk:
    """A holder, signed in, who has declared that they have no tie."""
    name = name or holders_of(stage, reference)[0]
    attested(stage, reference, name)
    handler = desk()
    handler.sign_in(name)
    return handler


def fill(handler: Desk, path: str, **fields: str) -> int:
    handler.get(path)
    return handler.send(path, **fields).status_code


def messages(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def test_a_handler_can_take_a_case_from_the_queue_to_its_close(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit(TOLD, identity={"name": "Robin Marsh"})
    keeper = holders_of(sqlite_stage, sent.reference, Compartment.IDENTITY)[0]
    handler, path = desk(), f"/cases/{sent.reference}"
    handler.sign_in(keeper)
    handler.get("/")
    assert "New to you" in handler.page
    assert handler.get(path).headers["Location"] == f"/staff{path}/conflict"
    handler.get(f"{path}/conflict")
    assert "Crew commander A" in handler.page
    assert str(TOLD["concern"]) not in handler.page
    assert fill(handler, f"{path}/conflict", tie="no") == 303
    handler.get(path)
    page = handler.page
    assert page.index(str(TOLD["wishes"])) < page.index(str(TOLD["concern"]))
    for words in ("They saw or heard it", "Bullying, harassment and behaviour"):
        assert words in page
    assert "Robin Marsh" not in page
    handler.get(f"{path}/name/open")
    assert "Robin Marsh" in handler.page
    assert fill(handler, f"{path}/take") == 303
    assert fill(handler, f"{path}/acknowledge", text="Thank you for telling us.") == 303
    assert fill(handler, f"{path}/message", text="When was it?", asks="y") == 303
    assert case_of(sqlite_stage, sent.reference).status is CaseStatus.WAITING_YOU
    assert fill(handler, f"{path}/status", status="triage") == 303
    assert fill(handler, f"{path}/status", status="informal") == 303
    handler.get(f"{path}/themes")
    answer = handler.send_list(f"{path}/themes", {"themes": ["BUL", "LED"]})
    assert answer.status_code == 303
    assert fill(handler, f"{path}/close", outcome="resolved", text="It has stopped.") == 303
    handler.get(path)
    for words in ("It has stopped.", "Resolved informally", "Bullying", "Aftercare", "Kept"):
        assert words in handler.page
    handler.get("/")
    assert sent.reference not in handler.page
    handler.get("/?status=over")
    assert sent.reference in handler.page


def test_everybody_who_does_not_hold_a_case_gets_the_page_of_nothing_there(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit(TOLD)
    for name in strangers_of(sqlite_stage, sent.reference):
        stranger = desk()
        stranger.sign_in(name)
        for part in PARTS:
            answer = stranger.get(f"/cases/{sent.reference}{part}")
            assert answer.status_code == 404, (name, part)
            assert "Crew commander A" not in stranger.page
        assert stranger.get("/cases/SS-2222-3333").status_code == 404


def test_nobody_can_ask_for_any_page_without_signing_in(sqlite_stage: Stage, desk: Desks) -> None:
    sent, _ = sqlite_stage.submit(TOLD)
    visitor = desk()
    for path in ("/", "/unsent", "/themes", *(f"/cases/{sent.reference}{part}" for part in PARTS)):
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/staff/sign-in?next=/")


def test_a_holder_with_a_tie_is_shut_out_and_told_so(sqlite_stage: Stage, desk: Desks) -> None:
    sent, _ = sqlite_stage.submit(TOLD)
    handler, path = desk(), f"/cases/{sent.reference}"
    handler.sign_in(holders_of(sqlite_stage, sent.reference)[0])
    assert fill(handler, f"{path}/conflict", tie="yes") == 303
    handler.get("/")
    assert "You hold this case no longer" in handler.page
    assert sent.reference not in handler.page
    for rest in ("", "/conflict", "/message"):
        assert handler.get(f"{path}{rest}").status_code == 404


@pytest.mark.parametrize(
    ("part", "fields", "words"),
    [
        ("conflict", {}, "Say whether you have a tie"),
        ("acknowledge", {"text": "  "}, "Write a message"),
        ("message", {"text": "\u200b"}, "Write a message"),
        ("message", {"text": "x" * 50_001}, "Use 50,000 characters or fewer"),
        ("status", {}, "Choose what happens next"),
        ("themes", {}, "Choose at least one theme"),
        ("close", {"text": "Done."}, "Choose how it ended"),
    ],
)
def test_a_form_with_something_to_mend_says_what_and_changes_nothing(
    sqlite_stage: Stage, desk: Desks, part: str, fields: dict[str, str], words: str
) -> None:
    sent, _ = sqlite_stage.submit()
    handler = at_case(sqlite_stage, desk, sent.reference)
    if part in ("status", "close"):
        fill(handler, f"/cases/{sent.reference}/acknowledge", text="Hello.")
    before = messages(sqlite_stage)
    assert fill(handler, f"/cases/{sent.reference}/{part}", **fields) == 400
    assert words in handler.page
    assert messages(sqlite_stage) == before


def test_text_of_every_kind_comes_back_as_it_was_written(sqlite_stage: Stage, desk: Desks) -> None:
    sent, _ = sqlite_stage.submit()
    handler = at_case(sqlite_stage, desk, sent.reference)
    text = "\u0645\u0631\u062d\u0628\u0627 \U0001f692 <b>not bold</b> \x00\x07\r\nnext line"
    assert fill(handler, f"/cases/{sent.reference}/message", text=text) == 303
    handler.get(f"/cases/{sent.reference}")
    assert "\u0645\u0631\u062d\u0628\u0627 \U0001f692 <b>not bold</b> \nnext line" in handler.page
    raw = handler.client.get(
        f"/cases/{sent.reference}", base_url="http://localhost/staff"
    ).get_data(as_text=True)
    assert "<b>not bold" not in raw


def test_a_word_that_was_typed_is_never_read_as_a_code(sqlite_stage: Stage, desk: Desks) -> None:
    sent, _ = sqlite_stage.submit({"who": "me", "stake": "me"})
    handler = at_case(sqlite_stage, desk, sent.reference)
    handler.get(f"/cases/{sent.reference}")
    assert handler.page.count("It happened to them") == 1
    assert ">me<" in handler.page


def test_a_form_sent_twice_is_one_message(sqlite_stage: Stage, desk: Desks) -> None:
    sent, _ = sqlite_stage.submit()
    handler, path = at_case(sqlite_stage, desk, sent.reference), f"/cases/{sent.reference}/message"
    handler.get(path)
    fields = {**handler.hidden(), "text": "Only once."}
    for _ in range(2):
        answer = handler.client.post(path, base_url="http://localhost/staff", data=fields)
        assert answer.status_code == 303
    assert messages(sqlite_stage) == 1


def test_a_handler_whom_a_colleague_forestalled_gets_their_words_back(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit()
    path = f"/cases/{sent.reference}/acknowledge"
    one, two = holders_of(sqlite_stage, sent.reference)[:2]
    slow = at_case(sqlite_stage, desk, sent.reference, one)
    slow.get(path)
    assert fill(at_case(sqlite_stage, desk, sent.reference, two), path, text="First.") == 303
    assert slow.send(path, text="What I wrote slowly.").status_code == 409
    assert "This has changed since you opened it" in slow.page
    assert "What I wrote slowly." in slow.page
    assert messages(sqlite_stage) == 1


def test_a_case_that_was_tampered_with_shows_the_page_of_a_broken_seal(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit(TOLD)
    handler = at_case(sqlite_stage, desk, sent.reference)
    with Session(sqlite_stage.system.database.engine) as session:
        session.execute(
            update(CaseDocument)
            .where(CaseDocument.kind == DocumentKind.CASE_SHEET)
            .values(body=Sealed(b"\x01" + bytes(2100)))
        )
        session.commit()
    assert handler.get(f"/cases/{sent.reference}").status_code == 500
    assert "We could not open this safely" in handler.page
    assert "blank sheets" not in handler.page
    assert len(ledger(sqlite_stage, Event.ALARM_RAISED)) == 1


def test_a_holder_who_wants_support_looked_into_is_told_why_not(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit({"want": "support"})
    handler, path = at_case(sqlite_stage, desk, sent.reference), f"/cases/{sent.reference}"
    fill(handler, f"{path}/acknowledge", text="Hello.")
    assert fill(handler, f"{path}/status", status="planning") == 400
    assert "They asked for support only" in handler.page
    staff = sqlite_stage.staff(holders_of(sqlite_stage, sent.reference)[0])
    assert opened(sqlite_stage, staff, sent.reference).summary.status is CaseStatus.TRIAGE
