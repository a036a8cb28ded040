"""The served copy of GOV.UK Frontend is the checked one, less what may not be shown."""

import io
import tarfile
from pathlib import Path

import pytest

from tools.vendor_govuk import (
    DIGESTS,
    FORBIDDEN,
    STATIC,
    VendoringError,
    clean_stylesheet,
    digest_lines,
    vendor,
)

SERVED = ("govuk-frontend.min.css", "govuk-frontend.min.js")


def test_nobody_can_change_a_vendored_file_unseen() -> None:
    assert (STATIC / DIGESTS).read_text().splitlines() == digest_lines(STATIC)


@pytest.mark.parametrize("name", SERVED)
def test_a_page_cannot_show_the_crest_or_load_the_font(name: str) -> None:
    text = (STATIC / name).read_text()
    assert [word for word in FORBIDDEN if word in text] == []


def test_the_licence_can_be_read_beside_the_files() -> None:
    assert "Permission is hereby granted" in (STATIC / "LICENSE.txt").read_text()


def test_the_stylesheet_cannot_reach_another_address() -> None:
    text = (STATIC / SERVED[0]).read_text()
    assert text.count("url(") == text.count("url(data:")
    assert text.count("{") == text.count("}")


def test_a_rule_can_stay_when_its_neighbour_is_taken_out() -> None:
    css = (
        "@font-face{font-family:GDS Transport}.a{color:red}"
        "@supports (x){.govuk-footer__copyright-logo:before{background:url(/assets/c.svg)}}"
        ".b{top:0}"
        "/*# sourceMappingURL=x.map */"
    )
    assert clean_stylesheet(css) == ".a{color:red}.b{top:0}"


def test_a_new_use_of_the_crest_cannot_slip_through() -> None:
    with pytest.raises(VendoringError, match="crest"):
        clean_stylesheet(".c{background:url(govuk-crest.svg)}")


def test_another_tarball_cannot_be_vendored(tmp_path: Path) -> None:
    archive = tmp_path / "other.tgz"
    with tarfile.open(archive, "w:gz") as tarball:
        member = tarfile.TarInfo("package/dist/govuk/govuk-frontend.min.css")
        tarball.addfile(member, io.BytesIO(b""))
    with pytest.raises(VendoringError, match=r"not govuk-frontend"):
        vendor(archive, tmp_path)
