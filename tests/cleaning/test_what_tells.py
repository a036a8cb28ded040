"""No place in a document keeps a name, a day or an act that nobody sees; what is drawn stays."""

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from safeshare.cleaning.kinds import Refusal
from tests.cleaning import made, telling
from tests.cleaning.cleaned import cleaned, refusal_of, unpacked
from tests.cleaning.test_what_goes import readable

SECRET = made.SECRET.encode()
OFFICE = telling.office()


def tells(data: bytes) -> bool:
    """Whether the name can be found, as a string of a PDF may be written too."""
    words = readable(data)
    forms = (SECRET, SECRET.decode().encode("utf-16-be"))
    return any(form in words or form.hex().encode() in words for form in forms)


@pytest.mark.parametrize("place", telling.PDFS)
def test_a_reader_cannot_find_a_name_or_an_act_in_any_place_of_a_pdf(place: str) -> None:
    sent = telling.pdf(place)
    copy = cleaned(sent)[1]
    assert tells(sent)
    assert not tells(copy)
    for word in (b"tracker.example", b"D:2026", b"/Launch", b"/SubmitForm", b"/GPTS", b"51.5"):
        assert word not in readable(copy)
    assert readable(copy).count(b"kept") == readable(sent).count(b"kept") // 2


@pytest.mark.parametrize("place", OFFICE)
def test_a_reader_cannot_find_a_name_in_any_place_of_an_office_file(place: str) -> None:
    copy = cleaned(OFFICE[place])[1]
    assert SECRET not in readable(copy)
    assert b"kept" in readable(copy)


def test_a_signature_can_be_seen_where_it_was_drawn() -> None:
    copy = cleaned(telling.pdf("a signature"))[1]
    with pikepdf.open(io.BytesIO(copy)) as document:
        field = document.Root["/AcroForm"]["/Fields"][0]
        assert set(field.keys()) == {"/Type", "/Subtype", "/Rect", "/FT", "/T"}


@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("<html><script>alert(1)</script></html>", Refusal.WEB_PAGE),
        ("hello <script>alert(1)</script>", Refusal.SEVERAL_KINDS),
        ("%PDF-1.7 hello", None),
        ("#!/bin/sh", Refusal.PROGRAM),
    ],
)
def test_a_text_cannot_be_a_page_or_a_program_in_any_encoding(
    words: str, why: Refusal | None, encoding: str
) -> None:
    found = refusal_of(words.encode(encoding))
    assert found is why if why else found is not None


def test_a_text_cannot_become_a_page_by_losing_what_nobody_sees() -> None:
    assert refusal_of("\u200b<p>hello".encode()) is Refusal.WEB_PAGE
    assert refusal_of("hello <\u200bscript>".encode()) is Refusal.SEVERAL_KINDS
    assert refusal_of("\u200b".encode()) is Refusal.EMPTY


def drawn() -> bytes:
    """A page with everything in it that a page is drawn with."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    content = b"/P <</MCID 0>> BDC BT /F 9 Tf (5%) Tj ET EMC BI /W 1 /H 1 /BPC 8 /CS /G ID %EI EI"
    page = document.pages[0].obj
    page["/Contents"] = Array([document.make_stream(content), document.make_stream(b"q Q")])
    page["/Resources"] = _resources(document)
    page["/Annots"] = Array([_button(document)])
    document.Root["/AcroForm"] = Dictionary(Fields=page["/Annots"], DA="/F 9 Tf")
    document.Root["/StructTreeRoot"] = _tags(document)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _resources(document: pikepdf.Pdf) -> Dictionary:
    fade = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0]), C1=Array([1]), N=1)
    blue = Array([Name.Separation, Name.Blue, Name.DeviceGray, fade])
    palette = Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(b"abcdef")])
    cover = _drawing(document, Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceGray)
    image = _drawing(document, Name.Image, Width=1, Height=1, ColorSpace=palette, SMask=cover)
    group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
    form = _drawing(document, Name.Form, BBox=Array([0, 0, 9, 9]), Group=group)
    form["/Resources"] = Dictionary(Font=Dictionary(F=_letters(document)))
    tile = pikepdf.Stream(document, b"q Q", PatternType=1, PaintType=1, XStep=5, YStep=5)
    shading = Dictionary(ShadingType=2, ColorSpace=blue, Coords=Array([0, 0, 1, 1]), Function=fade)
    return Dictionary(
        Font=Dictionary(F=_font(document), G=_letters(document)),
        XObject=Dictionary(I=image, X=form),
        Pattern=Dictionary(T=tile, S=Dictionary(PatternType=2, Shading=shading)),
        Shading=Dictionary(S=shading),
        ColorSpace=Dictionary(B=blue),
        ExtGState=Dictionary(S=Dictionary(ca=0.5, SMask=Dictionary(S=Name.Alpha, G=form))),
        Properties=Dictionary(M=Dictionary(Type=Name.OCG, Name="shown")),
    )


def _drawing(document: pikepdf.Pdf, subtype: Name, **keys: object) -> pikepdf.Object:
    return document.make_indirect(
        pikepdf.Stream(document, b"q Q", Type=Name.XObject, Subtype=subtype, **keys)
    )


def _font(document: pikepdf.Pdf) -> Dictionary:
    program = pikepdf.Stream(document, b"%a font program", Length1=15)
    told = Dictionary(Type=Name.FontDescriptor, Flags=4, FontName=Name.A, FontFile2=program)
    inner = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        W=Array([1, Array([500, 600])]),
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        CIDToGIDMap=Name.Identity,
        FontDescriptor=document.make_indirect(told),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([document.make_indirect(inner)]),
        ToUnicode=pikepdf.Stream(document, b"begincmap /CMapName (a) def endcmap"),
    )


def _letters(document: pikepdf.Pdf) -> Dictionary:
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        Encoding=Dictionary(Differences=Array([1, Name.a])),
        CharProcs=Dictionary(a=document.make_stream(b"0 0 d0 f")),
        Resources=Dictionary(),
    )


def _button(document: pikepdf.Pdf) -> pikepdf.Object:
    states = Dictionary(On=_drawing(document, Name.Form), Off=_drawing(document, Name.Form))
    return document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            Rect=Array([0, 0, 9, 9]),
            FT=Name.Btn,
            T="agree",
            V=Name.On,
            AS=Name.On,
            AP=Dictionary(N=states, D=_drawing(document, Name.Form)),
            MK=Dictionary(CA="4", BC=Array([0])),
        )
    )


def _tags(document: pikepdf.Pdf) -> Dictionary:
    tag = Dictionary(S=Name.P, K=0, Pg=document.pages[0].obj, Alt="a drawing of C:")
    tag["/A"] = Dictionary(O=Name.Table, ColSpan=2)
    held = document.make_indirect(tag)
    return Dictionary(K=held, ParentTree=Dictionary(Nums=Array([0, Array([held])])))


def plain(held: Any, depth: int = 0) -> object:
    """What an object holds, down to some depth, with what its streams hold."""
    if depth > 9 or not isinstance(held, pikepdf.Object):
        return None if depth > 9 else held
    if isinstance(held, pikepdf.Array):
        return [plain(one, depth + 1) for one in held]
    if isinstance(held, pikepdf.Dictionary | pikepdf.Stream):
        keys = {key for key in held.keys() if key not in {"/Filter", "/Length"}}  # noqa: SIM118 - a stream is no mapping.
        told: dict[str, object] = {key: plain(held[key], depth + 1) for key in keys}
        return (told, held.read_bytes()) if isinstance(held, pikepdf.Stream) else told
    return bytes(held) if isinstance(held, pikepdf.String) else str(held)


def test_everything_that_a_page_is_drawn_with_stays() -> None:
    sent = drawn()
    copy = cleaned(sent)[1]
    with pikepdf.open(io.BytesIO(sent)) as before, pikepdf.open(io.BytesIO(copy)) as after:
        assert plain(after.Root) == plain(before.Root)


def test_a_sheet_keeps_the_names_of_its_sheets_and_a_letter_its_fields() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar/><w:t>gone</w:t></w:r>"
    parts = unpacked(cleaned(telling.letter(f'{hidden}<w:sheet name="a.pdf"/>'))[1])
    document = parts["word/document.xml"].decode()
    assert "<w:fldChar></w:fldChar>" in document
    assert 'name="a.pdf"' in document
    assert "gone" not in document
