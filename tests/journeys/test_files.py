"""A photo goes from a reporter to a handler and a form comes back, in real browsers."""

from pathlib import Path

import pytest

from safeshare.cleaning.kinds import LARGEST_FILE, MIB
from tests.cast import Stage
from tests.cleaning import made
from tests.journeys.conftest import Visits
from tests.journeys.person import Person
from tests.journeys.reporter import MORE, Reporter
from tests.journeys.staff import Colleague, somebody_who_holds

pytestmark = pytest.mark.journey


def chooses_files(person: Person, folder: Path, **files: bytes) -> None:
    """Choose files from the device, as the browser's own button does."""
    paths = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content)
        paths.append(path)
    person.page.locator("#files").set_input_files(paths)


def sees_a_picture(person: Person) -> None:
    """The picture on the page was really drawn."""
    width = "picture => picture.decode().then(() => picture.naturalWidth)"
    if person.scripts:
        assert person.page.locator(".ss-picture").evaluate(width) == 64
    assert person.page.locator(".ss-picture").is_visible()


def test_somebody_with_scripts_who_chooses_too_much_keeps_what_they_typed(
    visits: Visits, sqlite_stage: Stage, tmp_path: Path
) -> None:
    _sent, code = sqlite_stage.submit()
    reporter = visits(Reporter, scripts=True).comes_back(list(code.words))
    reporter.fills("Write a message", "Look at these.").presses("Add files")
    reporter.reads("Nothing is sent until you press Send message.")
    chooses_files(reporter, tmp_path, long_mp4=bytes(LARGEST_FILE + 1))
    reporter.page.get_by_role("alert").get_by_text("These files are too large").wait_for()
    assert reporter.page.locator("#files").evaluate("input => input.files.length") == 0
    many = {f"film{number}_mp4": bytes(21 * MIB) for number in range(5)}
    chooses_files(reporter, tmp_path, **many)
    assert reporter.page.locator("#files").evaluate("input => input.files.length") == 0
    chooses_files(reporter, tmp_path, notes_txt=b"notes")
    assert reporter.page.get_by_role("alert").count() == 0
    reporter.presses("Add these files").reads("notes.txt").presses("Continue")
    reporter.finds_filled("Write a message", "Look at these.")
    reporter.reads("notes.txt")
    reporter.presses("Send message").reads("Your message was sent.", "Look at these.")


def test_a_photo_can_go_to_a_handler_and_a_form_come_back(
    visits: Visits, scripts: bool, sqlite_stage: Stage, tmp_path: Path
) -> None:
    reporter = visits(Reporter, scripts=scripts)
    reporter.sets_out().chooses_to_be("Anonymous").tells("Look at this.").chooses(MORE)
    reporter.presses("Continue").opens("/form/files").reads("Do you have anything that shows it?")
    reporter.unfolds("Which files we can take")
    chooses_files(reporter, tmp_path, photo_jpg=made.jpeg(), tool_exe=b"MZ", notes_txt=b"notes")
    reporter.presses("Add these files").reads("There is a problem", "it is a program")
    reporter.presses("Remove notes.txt").reads("photo.jpg").finds_no("notes.txt")
    reporter.presses("Continue").reads("Do you want an email when there is a message?")
    reporter.presses("Continue").reads("photo.jpg")
    reference = reporter.sends()
    words = reporter.words
    reporter.proves_the_code()

    handler = visits(Colleague, scripts=scripts)
    handler.signs_in(sqlite_stage, somebody_who_holds(sqlite_stage, reference))
    handler.opens_case(reference).presses("File 1").reads("Nobody has opened it.")
    sees_a_picture(handler)
    handler.unfolds("Open the original").presses("Save the original")
    handler.reads("There is a problem", "Write why the copy is not enough")
    with handler.page.expect_download() as saving:
        handler.fills("Why do you need the original?", "For the police")
        handler.page.get_by_role("button", name="Save the original").click()
    assert saving.value.suggested_filename == "file-1-original.bin"
    handler.presses("The case").presses("Write a message").fills("Your message", "Please sign.")
    handler.presses("Add files").reads("Nothing is sent until you press Send the message.")
    chooses_files(handler, tmp_path, form_docx=made.docx())
    handler.presses("Add these files").reads("form.docx").presses("Continue")
    handler.finds_filled("Your message", "Please sign.").reads("form.docx")
    handler.presses("Send the message").reads("Your message was sent.", "Word document")

    reporter.comes_back(words).presses("File 1").reads("Picture")
    sees_a_picture(reporter)
    reporter.presses("Back").presses("File 2").reads("Word document")
    with reporter.page.expect_download() as fetching:
        reporter.page.get_by_role("link", name="Save this file").click()
    assert fetching.value.suggested_filename == "file-2.docx"
