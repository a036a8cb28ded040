"""No clean copy tells who made the file, when or where; what it says and shows is there."""

import io
import zipfile

import pikepdf
import pytest
from PIL import Image

from safeshare.cleaning.kinds import FileKind
from tests.cleaning import films, made
from tests.cleaning.cleaned import cleaned, unpacked

SECRET = made.SECRET.encode()
FILES = made.every_kind()


def readable(data: bytes) -> bytes:
    """Everything that can be read of a file, with what is packed inside."""
    if data.startswith(b"PK"):
        return b"".join(name.encode() + part for name, part in unpacked(data).items())
    if data.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(data)) as document:
            kept = io.BytesIO()
            document.save(
                kept,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
                stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                compress_streams=False,
            )
            return data + kept.getvalue()
    return data


@pytest.mark.parametrize("kind", [one for one in FILES if one != "txt"])
def test_a_reader_cannot_find_the_author_in_a_clean_copy(kind: str) -> None:
    """The planted name is in every file before, and in none after."""
    assert SECRET in readable(FILES[kind])
    assert SECRET not in readable(cleaned(FILES[kind])[1])
    assert SECRET.decode().encode("utf-16-be") not in readable(cleaned(FILES[kind])[1])


@pytest.mark.parametrize("kind", FILES)
def test_a_clean_copy_can_be_cleaned_again_and_stays_what_it_is(kind: str) -> None:
    expected = FileKind.JPEG if kind == "heic" else FileKind(kind)
    found, copy = cleaned(FILES[kind])
    assert found is expected
    assert cleaned(copy)[0] is expected


def test_a_photo_can_be_seen_the_right_way_up() -> None:
    _kind, copy = cleaned(made.jpeg(orientation=6))
    with Image.open(io.BytesIO(copy)) as shown:
        assert shown.size == (48, 64)
        assert not shown.getexif()
        assert "comment" not in shown.info


def test_a_photo_whose_notes_are_broken_can_be_seen() -> None:
    sent = io.BytesIO()
    made.picture().save(sent, "PNG", exif=b"no notes of any camera")
    _kind, copy = cleaned(sent.getvalue())
    with Image.open(io.BytesIO(copy)) as shown:
        assert shown.size == (64, 48)


def test_a_screenshot_keeps_its_points_and_its_transparency() -> None:
    for mode in ("RGB", "RGBA", "L", "P", "LA", "1", "I;16"):
        sent = made.png(mode) if mode != "I;16" else _deep()
        _kind, copy = cleaned(sent)
        with Image.open(io.BytesIO(copy)) as shown, Image.open(io.BytesIO(sent)) as before:
            assert shown.size == before.size
            if mode in {"RGB", "RGBA"}:
                assert shown.tobytes() == before.tobytes()


def _deep() -> bytes:
    kept = io.BytesIO()
    Image.new("I;16", (8, 8), 500).save(kept, "PNG")
    return kept.getvalue()


def test_a_pdf_cannot_act_and_keeps_its_pages_and_its_notes() -> None:
    _kind, copy = cleaned(made.pdf(pages=3))
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert len(document.pages) == 3
        assert not {"/OpenAction", "/AA", "/Names", "/Metadata"} & set(document.Root.keys())
        assert "/Info" not in document.trailer
        assert not document.attachments
        notes = document.pages[0].obj["/Annots"]
        assert [str(one["/Subtype"]) for one in notes] == ["/Text", "/Link"]
        assert str(notes[0]["/Contents"]) == "kept words"
        assert "/A" not in notes[1]
    for word in (b"JavaScript", b"tracker.example", b"EmbeddedFile"):
        assert word not in readable(copy)


def test_a_pdf_keeps_nothing_of_its_earlier_revisions() -> None:
    sent = made.pdf()
    appended = sent + b"\n9999 0 obj\n(" + SECRET + b" again)\nendobj\n%%EOF\n"
    assert b" again" not in cleaned(appended)[1]


def test_a_letter_keeps_its_words_and_loses_its_links_out() -> None:
    _kind, copy = cleaned(made.docx())
    parts = unpacked(copy)
    document = parts["word/document.xml"].decode()
    for word in ("kept &amp; told", "shown link"):
        assert word in document
    assert "<w:ins " not in document
    assert "OLEObject" not in document
    assert 'r:embed="r3"' in document
    assert b"a remark" in parts["word/comments.xml"]
    assert not {name for name in parts if name.startswith(("docProps", "customXml"))}
    assert "word/people.xml" not in parts
    assert not any("embeddings" in name for name in parts)
    assert b"tracker.example" not in readable(copy)


def test_a_letter_carries_no_time_of_its_parts() -> None:
    with zipfile.ZipFile(io.BytesIO(cleaned(made.docx())[1])) as package:
        assert {one.date_time for one in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"


def test_a_sheet_and_slides_keep_remarks_without_their_authors() -> None:
    sheet = unpacked(cleaned(made.xlsx())[1])
    assert b"a remark" in sheet["xl/comments1.xml"]
    assert b"<author>-</author>" in sheet["xl/comments1.xml"]
    slides = unpacked(cleaned(made.pptx())[1])
    assert b'name="-"' in slides["ppt/commentAuthors.xml"]


def test_a_film_keeps_its_pictures_and_loses_track_of_where_it_was_made() -> None:
    sent = films.mp4()
    kind, copy = cleaned(sent)
    assert kind is FileKind.MP4
    assert len(copy) == len(sent)
    assert b"picture!" * 4 in copy
    assert b"\xa9xyz" not in copy
    assert (3_800_000_000).to_bytes(4, "big") not in copy


def test_a_film_without_pictures_is_a_sound_recording() -> None:
    assert cleaned(films.mp4(sound_only=True))[0] is FileKind.M4A


def test_a_sound_recording_keeps_every_frame_and_nothing_else() -> None:
    assert cleaned(films.mp3())[1] == films.mp3(tags=False)


def test_a_recording_loses_the_name_of_the_program_that_made_it() -> None:
    frame = bytearray(films.mp3(1, tags=False))
    frame[36:40], frame[156:165] = b"Info", b"LAME3.100"
    copy = cleaned(bytes(frame) + films.mp3(5, tags=False))[1]
    assert b"LAME" not in copy
    assert b"Info" in copy


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"\xef\xbb\xbfhello", b"hello\n"),
        ("naïve".encode("utf-16"), "naïve\n".encode()),
        ("caf\u00e9 \u2013 5\u20ac".encode("cp1252"), "café – 5€\n".encode()),
        ("a\u200bb\u2060c\U000e0041d".encode(), b"abcd\n"),
        (b"one  \r\ntwo\t\rthree", b"one\ntwo\nthree\n"),
        ("👩\u200d🚒 می\u200cخواهم".encode(), "👩\u200d🚒 می\u200cخواهم\n".encode()),
    ],
)
def test_a_text_is_kept_without_marks_that_nobody_sees(sent: bytes, kept: bytes) -> None:
    assert cleaned(sent) == (FileKind.TXT, kept)
