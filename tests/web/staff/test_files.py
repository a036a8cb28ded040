"""Files in the staff app: on the case's page, in an answer, and the original for a reason."""

import io
import re

import pytest
from werkzeug.test import TestResponse

from safeshare.files.service.keeping import age_unsent_files
from safeshare.kernel.actors import Worker
from safeshare.ledger.events import Event
from tests.cast import Stage
from tests.cleaning import made
from tests.files.sending import sent_with, taken
from tests.use_cases.handlers import ledger
from tests.web.staff.desk import Desk, Desks
from tests.web.staff.test_working_a_case import at_case

_FILE = re.compile(r'href="/staff(/cases/[^"]+/files/[0-9a-f-]+)"')
_REMOVE = re.compile(r'name="remove" value="([^"]+)"')
_MOUNT = "http://localhost/staff"


def case_with(stage: Stage, desk: Desks, content: bytes, name: str = "x") -> tuple[Desk, str, str]:
    """A holder at a case that came with a file: the browser, the reference, the file's address."""
    sent, _code = sent_with(stage, taken(stage, content, name))
    handler = at_case(stage, desk, sent.reference)
    handler.get(f"/cases/{sent.reference}")
    (address,) = _FILE.findall(handler.page)
    return handler, sent.reference, address


def post(handler: Desk, path: str, *files: tuple[bytes, str], **fields: str) -> TestResponse:
    """Send the form of the last page with files."""
    parts = [(io.BytesIO(content), name) for content, name in files]
    data = {**handler.hidden(), **fields, "files": parts}
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
    path = f"/cases/{reference}/message"
    handler.get(path)
    answer = post(handler, path, (made.docx(), "form.docx"), text="Please sign this.")
    assert answer.status_code == 303
    handler.get(f"/cases/{reference}")
    assert "File 2</a>: Word document" in handler.page


def test_a_refused_file_keeps_the_answer_and_the_other_files(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = f"/cases/{reference}/message"
    handler.get(path)
    answer = post(handler, path, (b"MZ", "a.exe"), (b"notes", "b.txt"), text="Please sign this.")
    assert answer.status_code == 400
    assert "a.exe: it is a program" in handler.page
    assert "Please sign this." in handler.page
    (kept,) = _REMOVE.findall(handler.page)
    post(handler, path, text="Please sign this.", remove=kept)
    assert not _REMOVE.findall(handler.page)
    handler.get(path)
    post(handler, path, (b"notes", "c.txt"), text="")
    assert "c.txt" in handler.page
    for _ in range(6):
        sqlite_stage.gate.run(age_unsent_files, Worker(), None)
    post(handler, path, text="Please sign this.")
    assert "Some of yours are gone" in handler.page
    assert post(handler, path, text="Please sign this.").status_code == 303


def test_files_of_one_case_do_not_wait_for_another(sqlite_stage: Stage, desk: Desks) -> None:
    handler, reference, _address = case_with(sqlite_stage, desk, b"notes")
    path = f"/cases/{reference}/message"
    handler.get(path)
    post(handler, path, (b"notes", "c.txt"), text="")
    other, _code = sqlite_stage.submit()
    second = at_case(sqlite_stage, desk, other.reference)
    second.get(f"/cases/{other.reference}/message")
    assert not _REMOVE.findall(second.page)
