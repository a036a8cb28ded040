"""Asks ClamAV's daemon about a file, where one is set up: its own protocol, nothing else.

INSTREAM (clamd(8)): the command, then pieces that each follow their length (4 bytes, big-endian),
then a length of zero; the answer ends with a zero byte. Whatever is not a clear "OK" refuses the
file: a scanner that is down lets nothing through.
"""

import socket
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from safeshare.cleaning.kinds import Refusal, RefusedError

_COMMAND: Final = b"zINSTREAM\0"
_CLEAN: Final = b"stream: OK\0"
_FOUND: Final = b" FOUND\0"
_LONGEST_ANSWER: Final = 4096
_UNIX: Final = "unix:"


@dataclass(frozen=True, slots=True)
class Scanner:
    """Where the daemon listens: `unix:/path/of/socket` or `host:port`. None where there is none."""

    address: str | None = None
    seconds: float = 20.0

    def insist_on_clean(self, content: Iterable[bytes]) -> None:
        """Raise RefusedError where the daemon finds something, or does not say that it does not."""
        if self.address is None:
            return
        try:
            with self._connected(self.address) as daemon:
                answer = _ask(daemon, content)
        except OSError:
            raise RefusedError(Refusal.UNCHECKED) from None
        if answer.endswith(_FOUND):
            raise RefusedError(Refusal.VIRUS)
        if answer != _CLEAN:
            raise RefusedError(Refusal.UNCHECKED)

    def _connected(self, address: str) -> socket.socket:
        if not address.startswith(_UNIX):
            host, _, port = address.rpartition(":")
            return socket.create_connection((host, int(port)), self.seconds)
        with ExitStack() as opened:
            daemon = opened.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            daemon.settimeout(self.seconds)
            daemon.connect(address.removeprefix(_UNIX))
            opened.pop_all()  # Nothing went wrong: whoever asked closes it.
        return daemon


def _ask(daemon: socket.socket, content: Iterable[bytes]) -> bytes:
    daemon.sendall(_COMMAND)
    for piece in content:
        if piece:
            daemon.sendall(len(piece).to_bytes(4, "big") + piece)
    daemon.sendall(bytes(4))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        told = daemon.recv(_LONGEST_ANSWER)
        if not told:
            break
        answer += told
    return answer
