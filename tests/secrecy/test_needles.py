"""The search finds what it is meant to find."""

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.secrecy.needles import holds_any, needles, places_of

SECRET = "k3x9q0vz7m1b & p8w2t4y6u5ré nj7h3g1f9d2s4a6 z0x8c5v"

HIDDEN = {
    "plain": SECRET.encode(),
    "hexadecimal": SECRET.encode().hex().encode(),
    "URL-encoded": quote(SECRET).encode(),
    "form-encoded": quote_plus(SECRET).encode(),
    "UTF-16LE": SECRET.encode("utf-16-le"),
    "UTF-16BE": SECRET.encode("utf-16-be"),
    **{f"base64 after {n}": b64encode(b"x" * n + SECRET.encode() + b"yy") for n in range(3)},
    **{f"URL base64 after {n}": urlsafe_b64encode(b"x" * n + SECRET.encode()) for n in range(3)},
    **{f"from {n}": SECRET[n : n + 20].encode() for n in range(len(SECRET) - 20)},
    **{f"wide from {n}": SECRET[n : n + 20].encode("utf-16-be") for n in range(20)},
}


@pytest.mark.parametrize("form", HIDDEN)
def test_a_secret_cannot_hide_from_the_search(form: str) -> None:
    assert holds_any(needles(SECRET), b"before \x00" + HIDDEN[form] + b"\x00 after")


def test_a_search_can_tell_which_files_hold_a_secret(tmp_path: Path) -> None:
    for number, content in enumerate(
        [HIDDEN["UTF-16BE"], b"nothing of it", HIDDEN["base64 after 1"]]
    ):
        (tmp_path / "there").mkdir(exist_ok=True)
        (tmp_path / "there" / str(number)).write_bytes(b"\x00\xff" + content + b"\x00")
    found = places_of(needles(SECRET), [tmp_path / "there"], tmp_path)
    assert [Path(one).name for one in found] == ["0", "2"]


def test_a_search_cannot_find_what_is_not_there() -> None:
    assert holds_any(needles(SECRET), b"k3x9 q0vz 7m1b" * 100) == []
    assert len(needles(SECRET)) > 50
