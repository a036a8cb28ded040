"""The optional virus check, against a daemon of the test's own that speaks clamd's protocol."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from config.settings import Settings, SettingsError
from safeshare.cleaning.kinds import Refusal, RefusedError
from safeshare.files.service.keeping import FileDesk
from safeshare.files.service.scanning import Scanner
from safeshare.wiring import build
from tests.cast import Stage, settings_for
from tests.files.sending import stored, taken

EICAR = b"not a virus, but called one here"


class Daemon:
    """Answers as clamd does; notes what it was sent."""

    def __init__(self, listening: socket.socket, answer: bytes | None) -> None:
        self._listening, self._answer = listening, answer
        self.received: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._listening.accept()
            except OSError:
                return
            with client, client.makefile("rb") as told:
                self._one(client, told)

    def _one(self, client: socket.socket, told: BinaryIO) -> None:
        read = told.read
        assert read(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(read(4), "big"):
            content += read(length)
        self.received.append(content)
        if self._answer is None:
            found = EICAR in content
            client.sendall(b"stream: Test-Signature FOUND\0" if found else b"stream: OK\0")
        else:
            client.sendall(self._answer)


@contextmanager
def daemon(path: Path, answer: bytes | None = None) -> Iterator[tuple[Daemon, str]]:
    """A daemon behind a Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(path / "clamd"))
        listening.listen()
        yield Daemon(listening, answer), f"unix:{path / 'clamd'}"
        listening.shutdown(socket.SHUT_RDWR)


def with_scanner(stage: Stage, address: str) -> Stage:
    """The same stage with a daemon set up."""
    rules = {**stage.gate.rulebook, FileDesk: FileDesk(Scanner(address, seconds=60))}
    gate = replace(stage.gate, rulebook=rules)
    return replace(stage, system=replace(stage.system, gate=gate))


def test_a_clean_file_passes_and_is_scanned_whole(sqlite_stage: Stage, tmp_path: Path) -> None:
    words = b"plain words\n" * 200_000
    with daemon(tmp_path) as (checked, address):
        taken(with_scanner(sqlite_stage, address), words)
    assert checked.received == [words]


def test_a_file_with_a_virus_is_refused(sqlite_stage: Stage, tmp_path: Path) -> None:
    with daemon(tmp_path) as (_checked, address), pytest.raises(RefusedError) as refused:
        taken(with_scanner(sqlite_stage, address), b"words " + EICAR)
    assert refused.value.refusal is Refusal.VIRUS
    assert not stored(sqlite_stage)


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"x" * 9000]
)
def test_a_file_is_refused_where_the_daemon_says_nothing_clear(
    sqlite_stage: Stage, tmp_path: Path, answer: bytes
) -> None:
    with daemon(tmp_path, answer) as (_checked, address), pytest.raises(RefusedError) as refused:
        taken(with_scanner(sqlite_stage, address), b"words")
    assert refused.value.refusal is Refusal.UNCHECKED


def test_a_file_is_refused_where_the_daemon_is_down(sqlite_stage: Stage, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for address in (f"unix:{tmp_path / 'nobody'}", f"127.0.0.1:{port}"):
        with pytest.raises(RefusedError) as refused:
            taken(with_scanner(sqlite_stage, address), b"words")
        assert refused.value.refusal is Refusal.UNCHECKED


def test_a_daemon_can_be_asked_over_a_network(sqlite_stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        checked = Daemon(listening, None)
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        taken(with_scanner(sqlite_stage, address), b"words")
        assert checked.received == [b"words"]
        listening.shutdown(socket.SHUT_RDWR)


def test_an_operator_can_set_the_daemon_up(tmp_path: Path) -> None:
    given = {"SAFESHARE_DEMO": "1", "SAFESHARE_CLAMD": "unix:/run/clamd"}
    assert Settings.from_mapping(given).scanner == "unix:/run/clamd"
    assert settings_for("sqlite://", tmp_path).scanner is None
    for wrong in ("clamd", "unix:relative", "host:"):
        with pytest.raises(SettingsError, match="SAFESHARE_CLAMD"):
            Settings.from_mapping({"SAFESHARE_DEMO": "1", "SAFESHARE_CLAMD": wrong})


def test_the_product_uses_the_daemon_that_was_set_up(sqlite_stage: Stage) -> None:
    settings = replace(sqlite_stage.system.settings, scanner="unix:/nowhere")
    system = build(settings, keys=sqlite_stage.gate.vault.keys)
    desk = system.gate.rulebook[FileDesk]
    assert isinstance(desk, FileDesk)
    assert desk.scanner.address == "unix:/nowhere"
    system.database.dispose()
