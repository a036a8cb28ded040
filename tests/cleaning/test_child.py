"""The child that cleans: what it may use, and what becomes of it."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from safeshare.cleaning.kinds import LARGEST_FILE, MIB, FileKind, Limits, Refusal, RefusedError
from safeshare.cleaning.process import cleaning
from tests.cleaning import made

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600.0
"""Seconds for which a busy machine is waited for."""


def through_child(data: bytes, limits: Limits | None = None) -> tuple[FileKind, bytes]:
    with cleaning([data], limits) as child:
        return child.kind, b"".join(child.pieces())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_text_of_any_encoding_can_be_cleaned_with_nothing_open(encoding: str) -> None:
    assert through_child("caf\u00e9".encode(encoding))[1] == "caf\u00e9\n".encode()


def refusal(data: bytes, limits: Limits | None = None) -> Refusal:
    with pytest.raises(RefusedError) as refused:
        through_child(data, limits)
    return refused.value.refusal


@pytest.mark.parametrize("kind", made.every_kind())
def test_every_kind_can_be_cleaned_with_nothing_open_but_its_pipes(kind: str) -> None:
    found, copy = through_child(made.every_kind()[kind])
    assert found is (FileKind.JPEG if kind == "heic" else FileKind(kind))
    assert copy


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", Refusal.EMPTY),
        (b"MZ", Refusal.PROGRAM),
        (made.jpeg()[:300], Refusal.DAMAGED),
        (made.locked_pdf(), Refusal.LOCKED),
        (b"a" * (LARGEST_FILE + 5), Refusal.TOO_LARGE),
    ],
)
def test_a_sender_can_learn_why_a_file_was_refused(sent: bytes, why: Refusal) -> None:
    assert refusal(sent) is why


def test_a_child_that_takes_too_long_is_ended() -> None:
    """Judged by the processor's time, of which a busy machine gives it no more."""
    slow, usual = _slow(), Limits()
    for limits in (Limits(wall_seconds=0.7), Limits(cpu_seconds=1, wall_seconds=PATIENCE)):
        used = _cpu_of_children()
        assert refusal(slow, limits) is Refusal.TOO_COMPLEX
        assert _cpu_of_children() - used < usual.cpu_seconds / 2


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _slow() -> bytes:
    deep = "<w:p>" * 20_000 + "</w:p>" * 20_000
    words = "<w:t a='b'>x</w:t>" * 900_000
    return made.docx(**{"word__document.xml": f"<w:d xmlns:w='w'>{deep}{words}</w:d>"})


def test_a_child_that_takes_too_much_memory_is_ended() -> None:
    large = made.jpeg(width=6000, height=5000)
    little = Limits(memory=120 * MIB, wall_seconds=PATIENCE)
    assert refusal(large, little) in {Refusal.TOO_COMPLEX, Refusal.DAMAGED}
    assert through_child(large, Limits(wall_seconds=PATIENCE))[0] is FileKind.JPEG


def test_a_child_is_gone_when_its_reader_gives_up() -> None:
    with pytest.raises(KeyError), cleaning([made.jpeg()]):
        raise KeyError
    assert not _children()


def test_a_child_is_gone_when_its_feeder_fails() -> None:
    def broken() -> Iterator[bytes]:
        yield b"abc"
        raise KeyError

    with pytest.raises(KeyError), cleaning(broken()):
        pass
    assert not _children()


def _children() -> str:
    own = str(os.getpid())
    told = subprocess.run(
        ["ps", "-o", "args=", "--ppid", own], capture_output=True, text=True, check=False
    )
    return "".join(line for line in told.stdout.splitlines() if "safeshare.cleaning" in line)


PROBE = """
import socket, sys, subprocess
from safeshare.cleaning import child
child.limit_resources(512 << 20, 20)
child._open_nothing_more(may_start_threads=sys.argv[1] == "threads")
for attempt in (
    lambda: open("/etc/hostname"),
    lambda: socket.socket(),
    lambda: subprocess.Popen(["true"]),
):
    try:
        attempt()
    except OSError:
        continue
    print("opened")
print("done")
"""


@pytest.mark.parametrize("threads", ["threads", "none"])
def test_a_child_cannot_open_a_file_a_socket_or_a_process(threads: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROBE, threads], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert told.stdout == "done\n"


def test_a_child_is_told_nothing_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFESHARE_DATABASE_URL", "postgresql://secret")
    seen: list[object] = []
    real = subprocess.Popen

    class Watched(real):  # type: ignore[misc,valid-type]
        def __init__(self, *given: object, **more: object) -> None:
            seen.append((given, more["env"], more["close_fds"]))
            super().__init__(*given, **more)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    through_child(b"hello")
    assert "SAFESHARE" not in str(seen)
    assert "True" in str(seen)
