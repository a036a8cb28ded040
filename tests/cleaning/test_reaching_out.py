"""No clean copy asks an address when it is opened: that would tell who reads it, and when."""

import io
import zlib

import pikepdf
import pytest

from safeshare.cleaning.jpeg_segments import without_descriptions
from safeshare.cleaning.kinds import Refusal, RefusedError
from tests.cleaning import made
from tests.cleaning.cleaned import cleaned, unpacked

TRACKER = "https://tracker.example/x"
SECRET = made.SECRET.encode()
_OFFICE = "application/vnd.openxmlformats-officedocument."


def letter(body: str) -> str:
    """The document of a letter with this body, cleaned."""
    spaces = 'xmlns:w="word" xmlns:v="vml" xmlns:o="office"'
    part = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    parts = unpacked(cleaned(made.docx(**{"word/document.xml": part}))[1])
    return parts["word/document.xml"].decode()


def sheet(parts: dict[str, str | bytes]) -> dict[str, bytes]:
    """The parts of a cleaned workbook."""
    main = "xl/workbook.xml"
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": made.types({main: f"{_OFFICE}spreadsheetml.sheet.main+xml"}),
        "_rels/.rels": made.relations(("r1", "officeDocument", main)),
        main: "<workbook/>",
    }
    return unpacked(cleaned(made.archive(whole | parts))[1])


@pytest.mark.parametrize(
    "body",
    [
        f"<w:fldSimple w:instr='INCLUDEPICTURE \"{TRACKER}\" \\d'><w:t>kept</w:t></w:fldSimple>",
        f'<w:instrText>INCLU</w:instrText><w:instrText>DEPICTURE "{TRACKER}"</w:instrText>kept',
        f'<w:instrText>DD</w:instrText><w:instrText>EAUTO c:\\cmd "{TRACKER}"</w:instrText>kept',
        f'<w:instrText>PAGE</w:instrText><w:instrText>REF "{TRACKER}"</w:instrText>kept',
        f'<v:imagedata src="{TRACKER}" o:href="{TRACKER}" o:althref="{TRACKER}"/>kept',
        f'<wp15:webVideoPr embeddedHtml="&lt;iframe src={TRACKER}>"/>kept',
    ],
)
def test_a_letter_cannot_ask_an_address_and_keeps_its_words(body: str) -> None:
    copy = letter(body)
    assert "tracker.example" not in copy
    assert "DEPICTURE" not in copy
    assert "EAUTO" not in copy
    assert "kept" in copy


def test_a_letter_keeps_the_numbers_of_its_pages() -> None:
    code = "<w:instrText> PAGE   \\* MERGEFORMAT </w:instrText>"
    assert code in letter(code)
    assert 'w:instr="NUMPAGES"' in letter('<w:fldSimple w:instr="NUMPAGES"/>')


def test_a_sheet_keeps_its_values_and_no_formula_that_calls_anything() -> None:
    call = f'_xlfn.WEBSERVICE("{TRACKER}")'.replace('"', "&quot;")
    parts = sheet(
        {
            "xl/workbook.xml": (
                f"<workbook><definedNames><definedName name='a'>{call}</definedName>"
                "<definedName name='b'>Sheet1!$A$1:$B$2</definedName></definedNames></workbook>"
            ),
            "xl/worksheets/sheet1.xml": (
                f"<worksheet><c r='A1'><f>{call}</f><v>42</v></c>"
                f"<cfRule><formula>{call}</formula></cfRule>"
                f"<x14:cfRule><xm:f>{call}</xm:f></x14:cfRule></worksheet>"
            ),
            "xl/calcChain.xml": "<calcChain><c r='A1'/></calcChain>",
            "xl/charts/chart1.xml": "<c:numRef><c:f>(Sheet1!$A$1,Sheet1!$B$1)</c:f></c:numRef>",
        }
    )
    assert not any(b"tracker.example" in part for part in parts.values())
    assert parts["xl/worksheets/sheet1.xml"].count(b"<f>") == 0
    assert b"<v>42</v>" in parts["xl/worksheets/sheet1.xml"]
    assert b"Sheet1!$A$1:$B$2" in parts["xl/workbook.xml"]
    assert b"(Sheet1!$A$1,Sheet1!$B$1)" in parts["xl/charts/chart1.xml"]
    assert "xl/calcChain.xml" not in parts


def photograph(data: bytes, *filters: str) -> bytes:
    """A document with a photograph, packed by these filters."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    image = pikepdf.Stream(document, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
    image.write(data, filter=pikepdf.Array([pikepdf.Name(one) for one in filters]))
    photo = pikepdf.Dictionary(Photo=document.make_indirect(image))
    document.pages[0].obj["/Resources"] = pikepdf.Dictionary(XObject=photo)
    kept = io.BytesIO()
    document.save(kept, compress_streams=False)
    return kept.getvalue()


def image_of(copy: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(copy)) as document:
        return document.pages[0].obj["/Resources"]["/XObject"]["/Photo"].read_raw_bytes()


@pytest.mark.parametrize(
    "sent",
    [
        photograph(made.jpeg(), "/DCTDecode"),
        photograph(zlib.compress(made.jpeg()), "/FlateDecode", "/DCTDecode"),
        photograph(made.jpeg() + made.jpeg(), "/DCTDecode"),
    ],
    ids=["alone", "packed again", "two pictures in one"],
)
def test_a_photograph_in_a_pdf_loses_what_describes_it(sent: bytes) -> None:
    picture = image_of(cleaned(sent)[1])
    assert picture.startswith(b"\xff\xd8")
    assert SECRET not in picture


def test_a_photograph_that_is_packed_otherwise_cannot_be_taken() -> None:
    for sent in (
        photograph(made.jpeg(), "/RunLengthDecode", "/DCTDecode"),
        photograph(b"no picture at all", "/DCTDecode"),
    ):
        with pytest.raises(RefusedError) as refused:
            cleaned(sent)
        assert refused.value.refusal is Refusal.DAMAGED


def test_what_describes_a_picture_goes_between_its_scans_too() -> None:
    scan, note = b"\xff\xda\x00\x02point\xff\x00s\xff\xd0more", b"\xff\xfe\x00\x08" + SECRET[:6]
    film = b"\x00\x00ftyp" + SECRET + b"\xff\xd9"
    sent = b"\xff\xd8" + note + scan + note + b"\xff\xff" + scan[0:] + b"\xff\xd9" + film
    assert without_descriptions(sent) == b"\xff\xd8" + scan + scan + b"\xff\xd9"
    assert without_descriptions(b"\xff\xd8\xff\xd9") is None
    assert without_descriptions(b"\xff\xd8\xff\xe1\xff\xff") is None
