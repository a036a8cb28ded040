"""PDF files whose forms are not as they should be, which readers show all the same."""

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from safeshare.cleaning.pdf import clean_pdf


def with_a_stray_field() -> bytes:
    """A page shows a second field that the document's form does not list."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    listed, stray = (
        document.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String(name),
                V=String("told"),
                Rect=Array([0, 0, 9, 9]),
            )
        )
        for name in ("listed", "stray")
    )
    page.obj.Annots = document.make_indirect(Array([listed, stray]))
    document.Root.AcroForm = document.make_indirect(Dictionary(Fields=Array([listed])))
    written = BytesIO()
    with pytest.warns(pikepdf.PikepdfWarning):
        document.save(written)
    return written.getvalue()


def test_a_field_that_the_form_does_not_list_keeps_no_file_out() -> None:
    with pikepdf.open(BytesIO(clean_pdf(with_a_stray_field()))) as cleaned:
        assert len(cleaned.pages) == 1
