"""Stylesheet, scripts and icon, under an address that changes whenever one of them does."""

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

from safeshare.web.shared.doors import open_page

FOLDER = Path(__file__).parent / "static"
_A_YEAR = 365 * 24 * 60 * 60
_KEPT = f"public, max-age={_A_YEAR}, immutable"
# Only files of these kinds are served.
_KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}

_ADDRESS = "/assets"

assets = Blueprint("assets", __name__)


@assets.get(f"{_ADDRESS}/<edition>/<path:name>")
@open_page("stylesheet and scripts, the same for everybody")
def asset(edition: str, name: str) -> Response:
    """One file. It may be kept only under the address of the present edition."""
    if name not in _FILES:
        abort(404)
    response = Response(_FILES[name], mimetype=_KINDS[Path(name).suffix])
    if edition == EDITION:
        response.headers["Cache-Control"] = _KEPT
    return response


def asset_url(name: str) -> str:
    """The address of one file, as seen from the page that is being drawn."""
    return f"{request.root_path.rstrip('/')}{_ADDRESS}/{EDITION}/{name}"


def is_kept(response: Response) -> bool:
    """Whether a browser may keep this answer."""
    return response.headers.get("Cache-Control") == _KEPT


def serve_assets(app: Flask) -> None:
    """Add the files to the app and `asset_url` to its templates."""
    app.register_blueprint(assets)
    app.jinja_env.globals["asset_url"] = asset_url


def _read() -> dict[str, bytes]:
    return {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in _KINDS
    }


def _edition(files: dict[str, bytes]) -> str:
    total = sha256()
    for name, content in files.items():
        total.update(name.encode() + b"\0" + sha256(content).digest())
    return total.hexdigest()[:12]


# Read once a process: they are small, and do not change while it runs.
_FILES = _read()
EDITION = _edition(_FILES)
