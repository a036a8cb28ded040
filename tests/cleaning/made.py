"""Files for the tests, made here from nothing, each with secrets where real programs put them."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.cleaning.films import SECRET as SECRET
from tests.cleaning.films import mp3, mp4

_OFFICE = "application/vnd.openxmlformats-officedocument."
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Points that do not repeat."""
    return Image.effect_noise((width, height), 60).convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    """The camera's notes: maker, artist, place."""
    notes = Image.Exif()
    notes[0x010F], notes[0x013B], notes[0x0112] = SECRET, SECRET, orientation
    place = notes.get_ifd(0x8825)
    place[1], place[2] = "N", (51.0, 30.0, 1.0)
    return notes


def jpeg(orientation: int = 1, width: int = 64, height: int = 48) -> bytes:
    """A photograph with EXIF, XMP and a comment."""
    kept = io.BytesIO()
    picture(width, height).save(
        kept, "JPEG", exif=exif(orientation), comment=SECRET.encode(), xmp=xmp().encode()
    )
    return kept.getvalue()


def png(mode: str = "RGB") -> bytes:
    """A screenshot with text chunks and EXIF."""
    kept, notes = io.BytesIO(), PngInfo()
    notes.add_text("Author", SECRET)
    notes.add_itxt("XML:com.adobe.xmp", xmp())
    picture(mode=mode).save(kept, "PNG", pnginfo=notes, exif=exif())
    return kept.getvalue()


def heic() -> bytes:
    """A photograph as newer telephones store it."""
    pillow_heif.register_heif_opener()
    kept = io.BytesIO()
    picture().save(kept, "HEIF", exif=exif().tobytes(), quality=80)
    return kept.getvalue()


def xmp() -> str:
    """Adobe's notes."""
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{SECRET}</dc:creator></x:xmpmeta>'


def pdf(pages: int = 1) -> bytes:
    """A document with everything in it that acts or names."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 200))
    document.docinfo["/Author"] = SECRET
    with document.open_metadata() as notes:
        notes["dc:creator"] = [SECRET]
    _act(document)
    document.attachments["list.txt"] = SECRET.encode()
    document.pages[0].obj["/Annots"] = document.make_indirect(pikepdf.Array(_notes(document)))
    document.pages[0].obj["/Resources"] = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Photo=_photograph(document))
    )
    document.pages[0].obj["/LastModified"] = f"D:20260102030405 {SECRET}"
    return saved(document)


def _act(document: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{SECRET}')")
    document.Root["/OpenAction"] = script
    document.Root["/AA"] = pikepdf.Dictionary(WC=script)
    names = pikepdf.Array(["x", document.make_indirect(script)])
    document.Root["/Names"] = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=names))


def _notes(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    rectangle = [0, 0, 10, 10]
    site = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=f"https://tracker.example/{SECRET}")
    return [
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Text,
            Rect=rectangle,
            T=SECRET,
            Contents="kept words",
            M=f"D:2026 {SECRET}",
        ),
        document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=rectangle, A=site
            )
        ),
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=rectangle, T=SECRET
        ),
    ]


def _photograph(document: pikepdf.Pdf) -> pikepdf.Object:
    return document.make_indirect(
        pikepdf.Stream(
            document,
            jpeg(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=64,
            Height=48,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
    )


def saved(document: pikepdf.Pdf, **options: Any) -> bytes:
    """The file of a document, packed so that a test can read into it."""
    kept = io.BytesIO()
    document.save(
        kept,
        compress_streams=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        **options,
    )
    return kept.getvalue()


def locked_pdf() -> bytes:
    """A document behind a password."""
    document = pikepdf.new()
    document.add_blank_page()
    return saved(document, encryption=pikepdf.Encryption(owner="a", user="b"))


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file of these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return kept.getvalue()


def docx(**more: str | bytes) -> bytes:
    """A letter with a comment, a changed line, a picture, a link out and a template."""
    return archive(_word_parts() | {name.replace("__", "/"): part for name, part in more.items()})


def _word_parts() -> dict[str, str | bytes]:
    main = "word/document.xml"
    return {
        "[Content_Types].xml": types({main: f"{_OFFICE}wordprocessingml.document.main+xml"}),
        "_rels/.rels": relations(
            ("r1", "officeDocument", main), ("r2", "core", "docProps/core.xml")
        ),
        "docProps/core.xml": f"<c><creator>{SECRET}</creator></c>",
        "docProps/app.xml": f"<a><Manager>{SECRET}</Manager></a>",
        "customXml/item1.xml": f"<i>{SECRET}</i>",
        main: (
            f'<w:document xmlns:w="word" xmlns:r="{_RELATIONS}" w:rsidR="00{SECRET}"><w:body>'
            f'<w:p w:rsidRDefault="{SECRET}">'
            f'<w:ins w:author="{SECRET}" w:date="2026-01-01" w:id="1">'
            "<w:r><w:t>kept &amp; told</w:t></w:r></w:ins></w:p>"
            '<w:hyperlink r:id="r9"><w:r><w:t>shown link</w:t></w:r></w:hyperlink>'
            f'<w:r><w:instrText>INCLUDETEXT "https://tracker.example/{SECRET}"</w:instrText></w:r>'
            '<a:blip r:embed="r3"/><o:OLEObject r:id="r4"/></w:body></w:document>'
        ),
        "word/_rels/document.xml.rels": relations(
            ("r3", "image", "media/image1.jpeg"),
            ("r4", "oleObject", "embeddings/sheet.bin"),
            ("r5", "comments", "comments.xml"),
            ("r6", "people", "people.xml"),
            ("r9", "hyperlink", f"https://tracker.example/{SECRET}", "External"),
        ),
        "word/comments.xml": (
            f'<w:comments xmlns:w="word"><w:comment w:author="{SECRET}" w:initials="{SECRET}">'
            "<w:t>a remark</w:t></w:comment></w:comments>"
        ),
        "word/people.xml": f"<p>{SECRET}</p>",
        "word/settings.xml": (
            f'<w:settings xmlns:w="word"><w:rsids><w:rsid w:val="{SECRET}"/></w:rsids>'
            f'<w:docVars><w:docVar w:val="{SECRET}"/></w:docVars><w:zoom/></w:settings>'
        ),
        "word/embeddings/sheet.bin": SECRET.encode(),
        "word/media/image1.jpeg": jpeg(),
    }


def xlsx() -> bytes:
    """A sheet with a comment's author, the path of its file and a link to another workbook."""
    main = "xl/workbook.xml"
    return archive(
        {
            "[Content_Types].xml": types({main: f"{_OFFICE}spreadsheetml.sheet.main+xml"}),
            "_rels/.rels": relations(("r1", "officeDocument", main)),
            main: (
                f'<workbook xmlns:r="{_RELATIONS}" xmlns:x="e"><fileSharing userName="{SECRET}"/>'
                f'<x:absPath url="C:/Users/{SECRET}"/><externalReferences>'
                '<externalReference r:id="r2"/></externalReferences><sheets/></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": relations(
                ("r2", "externalLink", "externalLinks/externalLink1.xml")
            ),
            "xl/externalLinks/externalLink1.xml": f"<l>{SECRET}</l>",
            "xl/comments1.xml": (
                f"<comments><authors><author>{SECRET}</author></authors>"
                "<commentList><comment><t>a remark</t></comment></commentList></comments>"
            ),
        }
    )


def pptx() -> bytes:
    """Slides with the authors of comments."""
    main = "ppt/presentation.xml"
    return archive(
        {
            "[Content_Types].xml": types({main: f"{_OFFICE}presentationml.presentation.main+xml"}),
            "_rels/.rels": relations(("r1", "officeDocument", main)),
            main: "<p:presentation xmlns:p='p'><p:sldSz cx='1'/></p:presentation>",
            "ppt/commentAuthors.xml": (
                f"<p:cmAuthorLst xmlns:p='p'><p:cmAuthor id='0' name='{SECRET}' "
                f"initials='{SECRET}'/></p:cmAuthorLst>"
            ),
        }
    )


def types(parts: Mapping[str, str]) -> str:
    """The list of content types."""
    named = "".join(
        f'<Override PartName="/{one}" ContentType="{kind}"/>' for one, kind in parts.items()
    )
    return f'<Types xmlns="{_PACKAGE}content-types">{named}</Types>'


def relations(*links: tuple[str, ...]) -> str:
    """A file of relationships."""
    written = "".join(
        f'<Relationship Id="{one[0]}" Type="{_RELATIONS}/{one[1]}" Target="{one[2]}"'
        + (f' TargetMode="{one[3]}"' if len(one) > 3 else "")
        + "/>"
        for one in links
    )
    return f'<Relationships xmlns="{_PACKAGE}relationships">{written}</Relationships>'


def every_kind() -> dict[str, bytes]:
    """One file of each kind that is taken, by the value of its kind."""
    return {
        "jpeg": jpeg(),
        "png": png(),
        "heic": heic(),
        "pdf": pdf(),
        "docx": docx(),
        "xlsx": xlsx(),
        "pptx": pptx(),
        "txt": b"A note.\r\nWith two lines.\r\n",
        "mp4": mp4(),
        "m4a": mp4(sound_only=True, brand=b"M4A "),
        "mp3": mp3(),
    }
