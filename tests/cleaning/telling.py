"""One place in a PDF or Office file for each way to name somebody, or to act, with the name there.

What stays has `kept` in it.
"""

from collections.abc import Callable
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.cleaning import made
from tests.cleaning.cleaned import unpacked
from tests.cleaning.made import SECRET

SITE: Final = f"https://tracker.example/{SECRET}"
_RECTANGLE: Final = (0, 0, 9, 9)


def _page(document: pikepdf.Pdf) -> pikepdf.Object:
    return document.pages[0].obj


def _note(document: pikepdf.Pdf, **keys: Any) -> None:
    note = Dictionary(Type=Name.Annot, Rect=Array(_RECTANGLE), **keys)
    _page(document)["/Annots"] = Array([document.make_indirect(note)])


def _drawn(document: pikepdf.Pdf, drawing: pikepdf.Object) -> None:
    _page(document)["/Resources"] = Dictionary(XObject=Dictionary(X=drawing))


def _form(document: pikepdf.Pdf, content: bytes = b"q Q", **keys: object) -> pikepdf.Object:
    return pikepdf.Stream(
        document, content, Type=Name.XObject, Subtype=Name.Form, BBox=Array(_RECTANGLE), **keys
    )


def _signed(document: pikepdf.Pdf) -> None:
    signature = Dictionary(
        Type=Name.Sig,
        Filter=Name("/Adobe.PPKLite"),
        Name=SECRET,
        Location=SECRET,
        ContactInfo=SECRET,
        Reason=SECRET,
        M="D:20260101120000",
        Contents=String(f"certificate of {SECRET}".encode()),
    )
    _note(document, Subtype=Name.Widget, FT=Name.Sig, T="kept", V=document.make_indirect(signature))
    fields = _page(document)["/Annots"]
    document.Root["/AcroForm"] = Dictionary(Fields=fields, SigFlags=3)
    document.Root["/Perms"] = Dictionary(DocMDP=fields[0]["/V"])


def _unshown(document: pikepdf.Pdf) -> None:
    _note(document, Subtype=Name.Widget, FT=Name.Tx, T="who", V=SECRET, F=2)
    document.Root["/AcroForm"] = Dictionary(Fields=_page(document)["/Annots"])


def _layered(document: pikepdf.Pdf) -> None:
    usage = Dictionary(
        CreatorInfo=Dictionary(Creator=SECRET, Subtype=Name.Artwork),
        User=Dictionary(Type=Name.Ind, Name=SECRET),
    )
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name="kept", Usage=usage))
    document.Root["/OCProperties"] = Dictionary(
        OCGs=Array([layer]), D=Dictionary(Order=Array([layer]), Creator=SECRET)
    )


def _presented(document: pikepdf.Pdf) -> None:
    _page(document)["/PresSteps"] = Dictionary(
        Type=Name.NavNode,
        NA=Dictionary(S=Name.Launch, F=f"{SECRET}.exe"),
        PA=Dictionary(S=Name.SubmitForm, F=SITE),
    )


def _linked(document: pikepdf.Pdf) -> None:
    onward = Dictionary(S=Name.URI, URI=SITE)
    inside = Dictionary(S=Name.GoTo, D=Array([_page(document), Name.Fit]), Next=Array([onward]))
    _note(document, Subtype=Name.Link, A=inside, PA=onward, Contents="kept")


def _outside(document: pikepdf.Pdf) -> None:
    image = pikepdf.Stream(document, b"", Subtype=Name.Image, Width=1, Height=1)
    image["/F"] = Dictionary(FS=Name.URL, F=SITE)
    _drawn(document, image)


def _commented(document: pikepdf.Pdf) -> None:
    words = f"%{SECRET}\n/P <</Who ({SECRET}) /ActualText (kept) >> BDC (5% kept) Tj EMC %{SECRET}"
    _page(document)["/Contents"] = document.make_stream(words.encode())


def _mapped(document: pikepdf.Pdf) -> None:
    measure = Dictionary(Type=Name.Measure, Subtype=Name.GEO, GPTS=Array([51.5, -0.1]), X=SECRET)
    _page(document)["/VP"] = Array([Dictionary(Type=Name.Viewport, Measure=measure)])


def _lost_page(document: pikepdf.Pdf) -> None:
    lost = Dictionary(Type=Name.Page, Contents=document.make_stream(SECRET.encode()))
    gone = document.make_indirect(lost)
    mark = Dictionary(Title="kept", Dest=Array([gone, Name.Fit]))
    document.Root["/Outlines"] = Dictionary(First=document.make_indirect(mark), Count=1)
    tag = Dictionary(S=Name.P, Pg=gone, ActualText=SECRET)
    document.Root["/StructTreeRoot"] = Dictionary(K=Array([document.make_indirect(tag)]))


def _coloured(document: pikepdf.Pdf) -> None:
    profile = pikepdf.Stream(document, f"screen of {SECRET}".encode(), N=3)
    image = pikepdf.Stream(document, b"abc", Subtype=Name.Image, Width=1, Height=1)
    image["/ColorSpace"] = Array([Name.ICCBased, profile])
    _drawn(document, image)


def _inked(document: pikepdf.Pdf) -> None:
    formula = pikepdf.Stream(document, f"{{ %{SECRET}\n dup }}".encode(), FunctionType=4)
    ink = Array([Name.Separation, Name.Blue, Name.DeviceRGB, formula])
    _page(document)["/Resources"] = Dictionary(ColorSpace=Dictionary(Ink=ink))


def _tagged(document: pikepdf.Pdf) -> None:
    tag = Dictionary(S=Name.Figure, Alt=f"C:\\Users\\{SECRET}\\a.jpg", T="kept", ID=SECRET)
    tag["/A"] = Dictionary(O=Name.UserProperties, P=Array([Dictionary(N="by", V=SECRET)]))
    document.Root["/StructTreeRoot"] = Dictionary(K=document.make_indirect(tag))


PDFS: Final[dict[str, Callable[[pikepdf.Pdf], None]]] = {
    "a signature": _signed,
    "layers": _layered,
    "steps of a presentation": _presented,
    "a link that goes on": _linked,
    "a picture in another place": _outside,
    "comments": _commented,
    "a map": _mapped,
    "a page that was taken out": _lost_page,
    "a profile of colours": _coloured,
    "tags": _tagged,
    "another document": lambda one: _drawn(
        one, _form(one, Ref=Dictionary(F=Dictionary(Type=Name.Filespec, F=SITE), Page=0))
    ),
    "a picture for a press": lambda one: _drawn(
        one, _form(one, OPI=Dictionary({"/1.3": Dictionary(F=f"C:\\Users\\{SECRET}\\a.tif")}))
    ),
    "a program in PostScript": lambda one: _drawn(
        one, pikepdf.Stream(one, SECRET.encode(), Subtype=Name.PS)
    ),
    "a comment in a form": lambda one: _drawn(one, _form(one, f"q %{SECRET}\nQ".encode())),
    "a comment in a formula": _inked,
    "a stream in the place of words": lambda one: one.Root.__setitem__(
        "/MarkInfo", one.make_stream(SECRET.encode())
    ),
    "a number of the document": lambda one: one.trailer.__setitem__(
        "/ID", Array([String(SECRET.encode()), String(SECRET.encode())])
    ),
    "something unheard of": lambda one: one.trailer.__setitem__("/Who", String(SECRET)),
    "a field that is never shown": _unshown,
    "a note with text in a style": lambda one: _note(
        one, Subtype=Name.FreeText, DS=SECRET, RC=SECRET, Contents="kept"
    ),
}


def pdf(*places: str) -> bytes:
    """A document of two pages with the name in these places, by default in all of them."""
    document = pikepdf.new()
    for _ in range(2):
        document.add_blank_page(page_size=(200, 200))
    for place in places or PDFS:
        PDFS[place](document)
    return made.saved(document)


_PATH: Final = f"C:\\Users\\{SECRET}\\photo.jpg"

LETTERS: Final = {
    "a number of the letter": f'<w15:docId w15:val="{SECRET}"/><w14:docId w14:val="{SECRET}"/>kept',
    "who may change a part": f'<w:permStart w:id="1" w:ed="{SECRET}"/>kept<w:permEnd w:id="1"/>',
    "words taken out": f"<w:p><w:del><w:r><w:delText>{SECRET}</w:delText></w:r></w:del>kept</w:p>",
    "words moved away": f"<w:moveFrom><w:r><w:t>{SECRET}</w:t></w:r></w:moveFrom>kept",
    "words moved here": f'<w:moveToRangeStart w:name="{SECRET}"/><w:moveTo>kept</w:moveTo>',
    "words put in": f'<w:ins w:author="{SECRET}"><w:r><w:t>kept</w:t></w:r></w:ins>',
    "how it looked before": (
        f'<w:rPr><w:rPrChange><w:x w:val="{SECRET}"/></w:rPrChange></w:rPr>kept'
    ),
    "hidden words": (
        f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>kept</w:t></w:r>'
    ),
    "a password": f'<w:documentProtection w:hash="{SECRET}"/>kept',
    "where a picture was": f'<wp:docPr id="1" name="kept" descr="{_PATH}"/>',
    "what a picture was": f'<pic:cNvPr id="1" name="{SECRET}.jpg" descr="kept"/>',
}
SHEETS: Final = {
    "who made a summary": f'<pivot refreshedBy="{SECRET}" refreshedDate="{SECRET}">kept</pivot>',
    "who thought of a case": f'<scenario name="kept" user="{SECRET}" comment="by {SECRET}"/>',
    "how somebody saw it": (
        f'<customWorkbookViews><customWorkbookView name="{SECRET}"/></customWorkbookViews>kept'
    ),
    "who may change a part": (
        f'<protectedRanges><p securityDescriptor="{SECRET}"/></protectedRanges>kept'
    ),
}
SLIDES: Final = {
    "when it was made": f'<p14:creationId val="{SECRET}"/><a16:creationId id="{SECRET}"/>kept',
    "where a picture was": f'<p:cNvPr id="1" name="kept" descr="{_PATH}"/>',
}


def letter(body: str) -> bytes:
    """A letter with this in it."""
    spaces = 'xmlns:w="word" xmlns:w14="w14" xmlns:w15="w15" xmlns:wp="wp" xmlns:pic="pic"'
    part = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    return made.docx(**{"word/document.xml": part})


def _inside(whole: bytes, name: str, body: str) -> bytes:
    part = f'<root xmlns:p="p" xmlns:p14="p14" xmlns:a16="a16">{body}</root>'
    return made.archive({**unpacked(whole), name: part})


def office() -> dict[str, bytes]:
    """Every Office file with the name in one place more, by what the place is."""
    return (
        {f"letter: {place}": letter(body) for place, body in LETTERS.items()}
        | {
            f"sheet: {place}": _inside(made.xlsx(), "xl/worksheets/sheet9.xml", body)
            for place, body in SHEETS.items()
        }
        | {
            f"slides: {place}": _inside(made.pptx(), "ppt/slides/slide9.xml", body)
            for place, body in SLIDES.items()
        }
    )
