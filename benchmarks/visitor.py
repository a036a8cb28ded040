"""A light browser: follows redirects, keeps the one cookie and the form's proof, draws nothing.

It speaks to the app in the same process, where the server's time is measured without a client's,
or over a loopback socket, as the crowd does.
"""

import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from time import perf_counter, process_time
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from benchmarks.measures import Spent
from safeshare.cli.serving import keep_for_good

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
_READ_AT_ONCE = 256 * 1024
_TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')
_FORM = "application/x-www-form-urlencoded"


class WrongAnswerError(Exception):
    """The product answered something that the journey does not expect."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `cookie` is None where none was set."""

    status: int
    location: str
    cookie: str | None
    page: str


class Way(Protocol):
    """How a request reaches the product."""

    def ask(self, method: str, path: str, body: bytes, cookie: str) -> Answer:
        """Send one request and read the whole answer."""


@dataclass
class InProcess:
    """Calls the WSGI app, in a process that keeps what it loaded as a web process does. `spent`
    holds what each call took, the reading of its answer included.
    """

    app: WSGIApp
    spent: list[Spent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin as a web process does once the app is there."""
        keep_for_good()

    def ask(self, method: str, path: str, body: bytes, cookie: str) -> Answer:
        """Call the app once."""
        environ, answered = _environ(method, path, body, cookie), _Answered()
        wall, cpu = perf_counter(), process_time()
        parts = self.app(environ, answered.start)
        page = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()
        self.spent.append(Spent(1000 * (perf_counter() - wall), 1000 * (process_time() - cpu)))
        return _answer(answered.status, answered.headers, page)


@dataclass(frozen=True, slots=True)
class OverLoopback:
    """A connection for each request, as a proxy without kept connections makes. `address` is the
    visitor's, where the proxy would tell one.
    """

    port: int
    seconds: float = 30.0
    address: str = ""

    def ask(self, method: str, path: str, body: bytes, cookie: str) -> Answer:
        """Send one request over a socket of its own."""
        more = ["Connection: close"]
        if self.address:
            more.append(f"X-Forwarded-For: {self.address}")
        with socket.create_connection(("127.0.0.1", self.port), self.seconds) as peer:
            peer.sendall(_request(method, path, body, cookie, more))
            return _parsed(_received(peer))


@dataclass(slots=True)
class KeptOpen:
    """One connection for all requests of one visitor, as browsers keep it, and proxies that are
    told to.
    """

    port: int
    seconds: float = 30.0
    _peer: socket.socket | None = field(default=None, repr=False)

    def ask(self, method: str, path: str, body: bytes, cookie: str) -> Answer:
        """Send one request over the visitor's socket."""
        if self._peer is None:
            self._peer = socket.create_connection(("127.0.0.1", self.port), self.seconds)
            self._peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peer.sendall(_request(method, path, body, cookie))
        return _parsed(_received(self._peer))

    def close(self) -> None:
        """Hang up."""
        if self._peer is not None:
            self._peer.close()
            self._peer = None


@dataclass
class Visitor:
    """One browser of one person. `page` is what it shows now, `path` where."""

    way: Way
    cookie: str = ""
    page: str = field(default="", repr=False)
    path: str = ""

    def open(self, path: str) -> "Visitor":
        """Go to an address and follow where it leads."""
        return self._arrive(path, self._ask("GET", path))

    def send(self, path: str = "", values: Mapping[str, str] | None = None) -> "Visitor":
        """Send the page's form, by default to its own address, and follow where it leads."""
        to = path or self.path
        return self._arrive(to, self.post(to, values or {}))

    def post(self, path: str, values: Mapping[str, str]) -> Answer:
        """Send the page's form without following."""
        found = _TOKEN.search(self.page)
        token = {"csrf_token": found[1]} if found else {}
        return self._ask("POST", path, urlencode({**token, **values}).encode())

    def _arrive(self, path: str, answer: Answer) -> "Visitor":
        while answer.status == HTTPStatus.SEE_OTHER:
            path = _local(answer.location)
            answer = self._ask("GET", path)
        if answer.status != HTTPStatus.OK:
            raise WrongAnswerError(f"{path} answered {answer.status}")
        self.path, self.page = path, answer.page
        return self

    def _ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        answer = self.way.ask(method, path, body, self.cookie)
        if answer.cookie is not None:
            self.cookie = answer.cookie
        return answer


@dataclass
class _Answered:
    """What the app says before its body."""

    status: int = 0
    headers: Sequence[tuple[str, str]] = ()

    def start(self, status: str, headers: Sequence[tuple[str, str]], *_error: object) -> None:
        """WSGI's `start_response`."""
        self.status, self.headers = int(status[:3]), headers


def _environ(method: str, path: str, body: bytes, cookie: str) -> dict[str, Any]:
    parts = urlsplit(path)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if cookie:
        environ["HTTP_COOKIE"] = cookie
    if method == "POST":
        environ |= {"CONTENT_TYPE": _FORM, "CONTENT_LENGTH": str(len(body))}
    return environ


def _request(method: str, path: str, body: bytes, cookie: str, more: Sequence[str] = ()) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *more]
    if cookie:
        head.append(f"Cookie: {cookie}")
    if method == "POST":
        head += [f"Content-Type: {_FORM}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def _received(peer: socket.socket) -> bytes:
    """One whole answer. Like a proxy it hangs up first where it knows the length: gunicorn accepts
    nobody else while it waits for that.
    """
    received = b""
    while part := peer.recv(_READ_AT_ONCE):
        received += part
        head, ended, body = received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if ended else None
        if length and len(body) >= int(length[1]):
            break
    return received


def _parsed(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if len(lines[0]) < len("HTTP/1.1 200"):
        raise WrongAnswerError("the connection was closed without an answer")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines[1:])]
    return _answer(int(lines[0].split(" ")[1]), headers, body)


def _answer(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
    named = {name.lower(): value for name, value in headers}
    set_cookie = named.get("set-cookie")
    cookie = set_cookie.partition(";")[0] if set_cookie is not None else None
    return Answer(status, named.get("location", ""), cookie, body.decode())


def _local(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
