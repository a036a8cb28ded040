"""What is refused: every other kind, two kinds in one, bombs, locks, macros and torn files."""

import io
import struct
import sys
import zipfile

import pytest
from PIL import Image

from safeshare.cleaning import boxes, office, pictures
from safeshare.cleaning.kinds import LARGEST_FILE, FileKind, Refusal, RefusedError
from safeshare.cleaning.sniffing import sniff
from tests.cleaning import films, made
from tests.cleaning.cleaned import cleaned, refusal_of

FILES = made.every_kind()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", Refusal.EMPTY),
        (b" \n\t", Refusal.EMPTY),
        (bytes(range(256)), Refusal.UNKNOWN),
        (b"GIF89a\x01\x00\x01\x00\x00\x00", Refusal.OTHER_PICTURE),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Refusal.OTHER_PICTURE),
        (b"II*\x00\x08\x00\x00\x00", Refusal.OTHER_PICTURE),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00avifmif1", Refusal.OTHER_PICTURE),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", Refusal.OTHER_FILM),
        (b"\x1aE\xdf\xa3\x01\x00\x00\x00", Refusal.OTHER_FILM),
        (b"OggS\x00\x02", Refusal.OTHER_FILM),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Refusal.OLD_OFFICE),
        (b"{\\rtf1 hello}", Refusal.OLD_OFFICE),
        (b"Rar!\x1a\x07\x00", Refusal.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c\x00", Refusal.ARCHIVE),
        (b"\x1f\x8b\x08\x00", Refusal.ARCHIVE),
        (made.archive({"a.txt": "a"}), Refusal.ARCHIVE),
        (b"MZ\x90\x00", Refusal.PROGRAM),
        (b"\x7fELF\x02\x01", Refusal.PROGRAM),
        (b"#!/bin/sh\n", Refusal.PROGRAM),
        (b"<p>hello</p>", Refusal.WEB_PAGE),
        (b"<?xml version='1.0'?><a/>", Refusal.WEB_PAGE),
        (b"%!PS-Adobe", Refusal.WEB_PAGE),
        (b"hello\x00world", Refusal.UNKNOWN),
        (b"hello" * 400 + b"\x07", Refusal.UNKNOWN),
        (b"\xff\xfea", Refusal.UNKNOWN),
        (made.locked_pdf(), Refusal.LOCKED),
        (b"%PDF-1.7\nnothing", Refusal.DAMAGED),
    ],
)
def test_a_sender_cannot_attach_what_is_not_on_the_list(sent: bytes, why: Refusal) -> None:
    assert refusal_of(sent) is why


def test_a_name_or_a_letter_cannot_make_a_text_something_else() -> None:
    for words in (b"BMW, black, no plates", b"RIFF raff", b"II* was written there", b"PDF-1.7"):
        assert cleaned(words)[0] is FileKind.TXT


@pytest.mark.parametrize("kind", ["jpeg", "png", "mp4", "mp3", "pdf", "txt"])
def test_a_file_cannot_be_an_archive_as_well(kind: str) -> None:
    for hidden in (made.archive({"a.html": "<script>"}), made.docx(), _commented()):
        assert refusal_of(FILES[kind] + hidden) in {Refusal.SEVERAL_KINDS, Refusal.UNKNOWN}
    assert refusal_of(FILES["jpeg"] + made.docx()) is Refusal.SEVERAL_KINDS


def _commented() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as package:
        package.writestr("a", "a")
        package.comment = b"PK\x05\x06 a comment that looks like an end"
    return kept.getvalue()


def test_a_picture_cannot_be_a_document_or_a_page_as_well() -> None:
    photo = FILES["jpeg"]
    for hidden in (b"%PDF-1.7", b"<html>", b"<SCRIPT>", b"<!DOCTYPE html>", b"<svg "):
        note = b"\xff\xfe" + struct.pack(">H", 2 + len(hidden)) + hidden
        assert refusal_of(photo[:2] + note + photo[2:]) is Refusal.SEVERAL_KINDS
    assert refusal_of(photo + b"Rar!\x1a\x07\x01\x00") is Refusal.SEVERAL_KINDS
    assert refusal_of(b"a" * 257 + b"ustar" + b"b" * 300) is Refusal.SEVERAL_KINDS
    assert refusal_of(b"a" * 32769 + b"CD001" + b"b" * 300) is Refusal.SEVERAL_KINDS


@pytest.mark.parametrize("kind", [one for one in FILES if one not in {"txt", "mp3"}])
def test_a_torn_file_is_refused_or_cleaned_and_never_worse(kind: str) -> None:
    whole = FILES[kind]
    for part in (4, 13, 40, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        refusal = refusal_of(whole[:part])
        assert refusal is None or isinstance(refusal, Refusal)
    assert refusal_of(whole[: len(whole) // 2]) is not None


def test_a_torn_recording_keeps_the_frames_that_are_whole() -> None:
    assert cleaned(films.mp3()[:-400])[1] == films.mp3(19, tags=False)
    assert refusal_of(b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f") is Refusal.DAMAGED
    assert refusal_of(b"\xff\xfb\x90\x00" + bytes(9000)) is Refusal.DAMAGED


def test_a_file_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(RefusedError, match="too_large"):
        sniff(bytes(LARGEST_FILE + 1))


def test_a_picture_of_too_many_points_is_refused_before_it_is_drawn() -> None:
    kept = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(kept, "PNG")
    assert len(kept.getvalue()) < 100_000
    assert refusal_of(kept.getvalue()) is Refusal.TOO_COMPLEX


def test_a_picture_may_not_swell_beyond_the_largest_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_FILE", 100)
    assert refusal_of(made.png()) is Refusal.TOO_LARGE


def test_a_document_of_ten_thousand_pages_is_refused() -> None:
    assert refusal_of(made.pdf(pages=10_000)) is Refusal.TOO_COMPLEX


def test_a_document_with_macros_is_refused_whatever_it_is_called() -> None:
    assert refusal_of(made.docx(**{"word__vbaProject.bin": b"macro"})) is Refusal.MACROS
    macro = made.types(
        {"word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}
    )
    assert refusal_of(made.docx(**{"[Content_Types].xml": macro})) is Refusal.MACROS
    assert refusal_of(made.docx(**{"word__activeX__activeX1.bin": b"x"})) is Refusal.MACROS


def test_a_document_that_swells_is_refused() -> None:
    blank = b"\x00" * (office.LARGEST_PART + 1)
    assert refusal_of(made.docx(**{"word__big.xml": blank})) is Refusal.TOO_COMPLEX
    many = {f"word__{number}.xml": b"" for number in range(office.MOST_PARTS)}
    assert refusal_of(made.docx(**many)) is Refusal.TOO_COMPLEX


def test_a_document_whose_parts_lead_elsewhere_is_refused() -> None:
    for name in ("../outside.xml", "/etc/passwd", "word\\x.xml", "WORD/DOCUMENT.xml"):
        parts = made.docx()
        kept = io.BytesIO(parts)
        with zipfile.ZipFile(kept, "a") as package:
            package.writestr(name, "x")
        assert refusal_of(kept.getvalue()) is Refusal.DAMAGED


def test_a_document_cannot_swell_by_entities() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><w:document xmlns:w="w">&a;</w:document>'
    assert refusal_of(made.docx(**{"word__document.xml": laughs})) is Refusal.DAMAGED


def test_a_document_that_is_two_is_refused() -> None:
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    letter = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    both = made.types({"word/document.xml": letter, "xl/workbook.xml": sheet})
    assert refusal_of(made.docx(**{"[Content_Types].xml": both})) is Refusal.SEVERAL_KINDS


def test_a_locked_document_is_refused() -> None:
    sent = bytearray(made.docx())
    at = sent.find(b"PK\x01\x02")
    while at >= 0:
        sent[at + 8] |= 1
        at = sent.find(b"PK\x01\x02", at + 4)
    assert refusal_of(bytes(sent)) is Refusal.LOCKED


def test_a_film_in_fragments_or_without_tracks_is_refused() -> None:
    head = films.box(b"ftyp", b"isom", bytes(4), b"mp42")
    assert refusal_of(head + films.box(b"moof")) is Refusal.OTHER_FILM
    assert refusal_of(head + films.box(b"mdat", b"x")) is Refusal.DAMAGED
    assert refusal_of(head + films.box(b"moov", films.box(b"mvhd", bytes(100)))) is Refusal.DAMAGED


def test_a_film_whose_tables_lead_out_of_it_is_refused() -> None:
    sent = films.mp4()
    at = sent.find(b"stco") + 12
    assert refusal_of(sent[:at] + b"\xff\xff\xff\xf0" + sent[at + 4 :]) is Refusal.DAMAGED
    at = sent.find(b"stsz") + 12
    assert refusal_of(sent[:at] + b"\xff\xff\xff\xff" + sent[at + 4 :]) is not None


def test_a_film_of_endless_boxes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "_MOST_BOXES", 10)
    sent = films.mp4() + films.box(b"free") * 11
    assert refusal_of(sent) is Refusal.DAMAGED


def test_a_heic_picture_is_refused_kindly_where_the_decoder_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = made.heic()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert refusal_of(sent) is Refusal.NO_HEIC
