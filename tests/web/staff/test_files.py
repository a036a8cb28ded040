"""Files in the staff app: on the case's page, in an answer, and the original for a reason."""

import io
import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from safeshare.cleaning.kinds import LARGEST_FILE
from safeshare.files.service.keeping import age_unsent_files
from safeshare.kernel.actors import Worker
from safeshare.ledger.events import Event
from safeshare.people.models import ParkedForm
from tests.cast import Stage
from tests.cleaning import made
from tests.files.sending import sent_with, taken
from tests.use_cases.handlers import attested, holders_of, ledger
from tests.web.staff.desk import Desk, Desks
from tests.web.staff.test_working_a_case import at_case

_FILE = re.compile(r'href="/staff(/cases/[^"]+/files/[0-9a-f-]+)"')
_REMOVE = re.compile(r'name="remove" value="([^"]+)"')
_IS_TICKED = re.compile(r'<input[^>]*name="asks"[^>]*\schecked')
_MOUNT = "http://localhost/staff"


def case_with(stage: Stage, desk: Desks, content: bytes, name: str = "x") -> tuple[Desk, str, str]:
    """A holder at a case that came with a file: the browser, the reference, the file's address."""
    sent, _code = sent_with(stage, taken(stage, content, name))
    handler = at_case(stage, desk, sent.reference)
    handler.get(f"/cases/{sent.reference}")
    (address,) = _FILE.findall(handler.page)
    return handler, sent.reference, address


def writes(handler: Desk, reference: str, text: str) -> str:
    """Write a message and go to the page that adds files to it. Gives that page's address."""
    path = f"/cases/{reference}/message"
    handler.get(path)
    return follow(handler, handler.send(path, text=text, go="files"))


def follow(handler: Desk, answer: TestResponse) -> str:
    """Go where an answer leads."""
    assert answer.status_code == 303
    address = answer.headers["Location"].removeprefix("/staff")
    assert handler.get(address).status_code == 200
    return address


def add(handler: Desk, path: str, *files: tuple[bytes, str]) -> TestResponse:
    """Send the form of the last page with files."""
    parts = [(io.BytesIO(content), name) for content, name in files]
    data = {**handler.hidden(), "go": "add", "files": parts}
    answer = handler.client.post(path, base_url=_MOUNT, data=data)
    handler.page = answer.text
    return answer


def test_a_handler_sees_a_picture_without_what_was_hidden(sqlite_stage: Stage, desk: Desks) -> None:
    handler, _reference, address = case_with(sqlite_stage, desk, made.jpeg(), "Evelyn.jpg")
    assert "File 1</a>: picture" in handler.page
    assert "Came with the concern." in handler.page
    assert "Evelyn" not in handler.page
    handler.get(address)
    assert f'src="/staff{address}/copy"' in handler.page
    assert "Evelyn" not in handler.page
    shown = handler.client.get(f"{address}/copy", base_url=_MOUNT)
    assert shown.headers["Content-Disposition"] == 'inline; filename="file-1.jpg"'
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert made.SECRET.encode() not in shown.data


def test_a_handler_must_give_a_reason_for_the_original(sqlite_stage: Stage, desk: Desks) -> None:
    photo = made.jpeg()
    handler, _reference, address = case_with(sqlite_stage, desk, photo)
    handler.get(address)
    assert "Nobody has opened it." in handler.page
    refused = handler.send(f"{address}/original", reason=" ")
    assert refused.status_code == 400
    assert "Write why the copy is not enough" in handler.page
    assert handler.send(f"{address}/original", reason="x" * 1001).status_code == 400
    handler.get(address)
    original = handler.client.post(
        f"{address}/original",
        base_url=_MOUNT,
        data={**handler.hidden(), "reason": "For the police"},
    )
    assert original.data == photo
    assert original.headers["Content-Type"] == "application/octet-stream"
    assert original.headers["Content-Disposition"] == 'attachment; filename="file-1-original.bin"'
    assert "sandbox" in original.headers["Content-Security-Policy"]
    handler.get(address)
    assert "For the police" in handler.page
    assert len(ledger(sqlite_stage, Event.CASE_FILE_ORIGINAL_OPENED)) == 1


@pytest.mark.parametrize("end", ["", "/copy"])
def test_nobody_else_reaches_a_file(sqlite_stage: Stage, desk: Desks, end: str) -> None:
    _handler, _reference, address = case_with(sqlite_stage, desk, b"notes")
    for name in ("administrator", "leader", "overseer", "safeguarding_1"):
        stranger = desk()
        stranger.sign_in(name)
        assert stranger.get(address + end).status_code == 404
        stranger.get("/")
        assert stranger.send(f"{address}/original", reason="Let me").status_code == 404
    assert desk().get(address + end).status_code == 303


def test_a_handler_can_answer_with_a_file(sqlite_stage: Stage, desk: Desks) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = writes(handler, reference, "Please sign this.")
    follow(handler, add(handler, path, (made.docx(), "form.docx")))
    assert "form.docx" in handler.page
    follow(handler, handler.send(path))
    assert "Please sign this.</textarea>" in handler.page
    assert "form.docx" in handler.page
    follow(handler, handler.send(f"/cases/{reference}/message", text="Please sign this."))
    assert "File 2</a>: Word document" in handler.page
    assert parked(sqlite_stage) == 0


def test_a_file_of_any_size_leaves_the_words_of_an_answer_where_they_are(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = writes(handler, reference, "Please sign this.")
    answer = handler.client.post(path, base_url=_MOUNT, data={}, content_length=6 * LARGEST_FILE)
    assert answer.status_code == 413
    assert "what you wrote before you came to that page is kept" in answer.text
    handler.get(path.replace("files/add", "message"))
    assert "Please sign this.</textarea>" in handler.page
    handler.get("/unsent")
    assert "Please sign this." in handler.page


def test_words_that_are_changed_between_two_files_are_kept_once(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    follow(handler, handler.send(writes(handler, reference, "Sign this.")))
    again = handler.send(f"/cases/{reference}/message", text="Please sign this.", go="files")
    follow(handler, again)
    assert parked(sqlite_stage) == 1
    handler.get("/unsent")
    assert "Please sign this." in handler.page


def test_files_can_be_added_before_anything_is_written(sqlite_stage: Stage, desk: Desks) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = writes(handler, reference, "")
    assert path == f"/cases/{reference}/files/add"
    assert parked(sqlite_stage) == 0
    follow(handler, add(handler, path, (b"notes", "c.txt")))
    follow(handler, handler.send(path))
    assert "c.txt" in handler.page


@pytest.mark.parametrize("text", ["When was it?", ""])
def test_a_question_is_still_one_after_files_were_added_to_it(
    sqlite_stage: Stage, desk: Desks, text: str
) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = f"/cases/{reference}/message"
    handler.get(path)
    assert not _IS_TICKED.search(handler.page)
    adding = follow(handler, handler.send(path, text=text, asks="y", go="files"))
    handler.get("/unsent")
    assert (text or "Nothing is written in it yet.") in handler.page
    handler.get(adding)
    follow(handler, add(handler, adding, (b"notes", "c.txt")))
    follow(handler, handler.send(adding))
    assert f"{text}</textarea>" in handler.page
    assert _IS_TICKED.search(handler.page)
    handler.send(path, text=text or "When was it?", asks="y")
    handler.get(f"/cases/{reference}")
    assert "Waiting for the reporter" in handler.page
    assert parked(sqlite_stage) == 0


def test_a_refused_file_keeps_the_answer_and_the_other_files(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = writes(handler, reference, "Please sign this.")
    add(handler, path, (b"MZ", "a.exe"), (b"notes", "b.txt"))
    assert "a.exe: it is a program" in handler.page
    (kept,) = _REMOVE.findall(handler.page)
    follow(handler, handler.send(path, remove=kept))
    assert not _REMOVE.findall(handler.page)
    follow(handler, add(handler, path, (b"notes", "c.txt")))
    assert "c.txt" in handler.page
    for _ in range(6):
        sqlite_stage.gate.run(age_unsent_files, Worker(), None)
    message = f"/cases/{reference}/message"
    assert handler.send(message, text="Please sign this.").status_code == 400
    assert "Some of yours are gone" in handler.page
    assert handler.send(message, text="Please sign this.").status_code == 303


def test_a_file_is_taken_off_a_message_beside_its_words(sqlite_stage: Stage, desk: Desks) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = writes(handler, reference, "Please sign this.")
    follow(handler, add(handler, path, (b"notes", "c.txt")))
    follow(handler, handler.send(path))
    (kept,) = _REMOVE.findall(handler.page)
    handler.send(f"/cases/{reference}/message", text="Please sign.", remove=kept)
    assert not _REMOVE.findall(handler.page)
    assert "Please sign.</textarea>" in handler.page


def test_files_of_one_case_do_not_wait_for_another(sqlite_stage: Stage, desk: Desks) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    add(handler, writes(handler, reference, ""), (b"notes", "c.txt"))
    name = holders_of(sqlite_stage, reference)[0]
    first_in_line = (sqlite_stage.enrolled[name].staff_id,)
    other, _code = sqlite_stage.submit(order=first_in_line)
    attested(sqlite_stage, other.reference, name)
    assert handler.get(f"/cases/{other.reference}/message").status_code == 200
    assert not _REMOVE.findall(handler.page)
    handler.get(f"/cases/{reference}/message")
    assert len(_REMOVE.findall(handler.page)) == 1


def parked(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return len(list(session.scalars(select(ParkedForm))))
