"""Make the copy of GOV.UK Frontend that SafeShare serves, without node and without Sass.

    npm pack govuk-frontend@6.3.0
    python -m tools.vendor_govuk govuk-frontend-6.3.0.tgz

What may not be shown off gov.uk is taken out: the GDS Transport font (licensed for gov.uk only)
and the royal crest. The result is committed with its digests, and a test compares the two.
"""

import base64
import hashlib
import re
import sys
import tarfile
from pathlib import Path

VERSION = "6.3.0"
"""The version whose markup `govuk-frontend-jinja` 4.1.0 makes."""
INTEGRITY = (
    "sha512-cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJF"
    "lJk/srsRj/q8d5bM9cgKoA=="
)
"""The registry's digest of the tarball, in the form of W3C Subresource Integrity."""
STATIC = Path(__file__).parent.parent / "safeshare/web/shared/static/govuk"
DIGESTS = "SHA256SUMS"
FORBIDDEN = ("GDS Transport", "crest", "crown", "Calvert", "/assets/", "sourceMappingURL")

_FONT_NOTICE = re.compile(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", re.DOTALL)
_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_CREST_RULE = re.compile(r"[^{}]*\.govuk-footer__(?:copyright-logo|crown)[^{}]*\{[^{}]*\}")
_EMPTY_RULE = re.compile(r"@[^{};]*\{\}")
_SOURCE_MAP = re.compile(r"\n?(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*)")


class VendoringError(RuntimeError):
    """The tarball is not the one that was checked, or something that may not ship is left."""


def integrity(archive: bytes) -> str:
    """The digest of `archive`, written as the registry writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def clean_stylesheet(css: str) -> str:
    """`css` without the font, the crest and the source map.

    Raises:
        VendoringError: a later version names one of them in a way that this does not know.
    """
    css = _SOURCE_MAP.sub("", _FONT_FACE.sub("", _FONT_NOTICE.sub("", css)))
    css = css.replace("GDS Transport,arial,sans-serif", "arial,sans-serif")
    css = _CREST_RULE.sub("", css)
    while _EMPTY_RULE.search(css):
        css = _EMPTY_RULE.sub("", css)
    return _checked(css)


def clean_script(script: str) -> str:
    """`script` without its source map."""
    return _checked(_SOURCE_MAP.sub("", script))


def _checked(text: str) -> str:
    left = [word for word in FORBIDDEN if word in text]
    if left:
        raise VendoringError(f"still names {', '.join(left)}")
    return text


def vendor(archive: Path, folder: Path) -> None:
    """Write the cleaned stylesheet and script of `archive`, and their digests, to `folder`.

    Raises:
        VendoringError: `archive` is not the tarball of `INTEGRITY`.
    """
    if integrity(archive.read_bytes()) != INTEGRITY:
        raise VendoringError(f"{archive} is not govuk-frontend {VERSION}")
    with tarfile.open(archive) as tarball:
        css = clean_stylesheet(_member(tarball, "govuk-frontend.min.css"))
        script = clean_script(_member(tarball, "govuk-frontend.min.js"))
    (folder / "govuk-frontend.min.css").write_text(css)
    (folder / "govuk-frontend.min.js").write_text(script)
    (folder / DIGESTS).write_text("".join(f"{line}\n" for line in digest_lines(folder)))


def _member(tarball: tarfile.TarFile, name: str) -> str:
    member = tarball.extractfile(f"package/dist/govuk/{name}")
    if member is None:
        raise VendoringError(f"{name} is not a file of the tarball")
    return member.read().decode()


def digest_lines(folder: Path) -> list[str]:
    """A line as `sha256sum` writes it for each file of `folder` but the list itself."""
    files = sorted(path for path in folder.iterdir() if path.name != DIGESTS)
    return [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files]


if __name__ == "__main__":
    vendor(Path(sys.argv[1]), STATIC)
    print(f"wrote govuk-frontend {VERSION} to {STATIC}")
