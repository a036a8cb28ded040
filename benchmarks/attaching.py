"""A 20 MB file in and out of a reporter web process: how long, and how much memory above idle."""

import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from sqlalchemy import delete, insert, select

from benchmarks.grounds import Ground
from benchmarks.journey import draft, prove
from benchmarks.measures import Measure
from benchmarks.memory import status
from benchmarks.serving import Served, production, served
from benchmarks.visitor import OverLoopback, Visitor, WrongAnswerError
from safeshare.cleaning.process import cleaning
from safeshare.files.models import FileChunk, FilePart, StoredFile
from safeshare.files.rules import chunks_for
from safeshare.kernel.sealed import Place
from safeshare.vault.streams import CHUNK_BYTES
from tests.cleaning.films import film

MEGABYTES = 20
_BOUNDARY = "----------------------------benchmark"
_PLACE = Place("file_chunk", "benchmark", "clean")
_RESET_PEAK = "5"
"""What `clear_refs` takes to forget the most that a process ever had (proc(5))."""


def attaching(ground: Ground, redis_url: str) -> Iterator[Measure]:
    """Through the form into the database, and through the mailbox out of it."""
    sent = film(MEGABYTES * 1024 * 1024)
    writing, reading = _floors(ground, chunks_for(len(sent)))
    with served("serve", "reporter", settings=production(ground, redis_url, 1)) as server:
        server.wait()
        (worker,) = server.workers()
        visitor = Visitor(OverLoopback(server.port))
        draft(visitor)
        idle = status(worker, "VmRSS")
        Path(f"/proc/{worker}/clear_refs").write_text(_RESET_PEAK, encoding="ascii")
        taken = _add(server, visitor, sent)
        given = _get(server, visitor, len(sent))
        peak = status(worker, "VmHWM")
    yield from _times(taken, writing, given, reading)
    yield Measure(
        "the web process above idle, the most of both",
        peak - idle,
        "MB",
        40,
        2 * CHUNK_BYTES / 1024**2,
        "one chunk, plain and sealed",
        note=f"idle {idle:.0f} MB",
    )
    yield _child(sent)


def _times(taken: float, writing: float, given: float, reading: float) -> Iterator[Measure]:
    yield Measure(
        "a 20 MB film in: sealed, cleaned, stored",
        taken,
        "ms",
        6,
        writing,
        "sealing and storing the same chunks",
        by_ratio=True,
    )
    yield Measure(
        "a 20 MB film out: checked, opened, sent",
        given,
        "ms",
        6,
        reading,
        "reading and opening the same chunks once",
        by_ratio=True,
    )


def _add(server: Served, visitor: Visitor, sent: bytes) -> float:
    """Add the file at its step of the form. Returns milliseconds."""
    visitor.open("/form/files")
    token = visitor.page.split('name="csrf_token" value="')[1].split('"')[0]
    body = _multipart(token, sent)
    head = (
        f"POST /form/files HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Cookie: {visitor.cookie}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n\r\n"
    )
    began = perf_counter()
    received = _asked(server, head.encode() + body)
    taken = 1000 * (perf_counter() - began)
    if not received.startswith(b"HTTP/1.1 303"):
        raise WrongAnswerError("the file was not taken")
    return taken


def _get(server: Served, visitor: Visitor, size: int) -> float:
    """Send the concern, open the mailbox and fetch the file. Returns milliseconds of the last."""
    visitor.open("/form/check")
    words = " ".join(prove(visitor.send()))
    visitor.open("/messages/enter").send(values={"code": words})
    file = visitor.page.split('href="/messages/files/')[1].split('"')[0]
    began = perf_counter()
    received = _asked(
        server,
        (
            f"GET /messages/files/{file}/copy HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Connection: close\r\nCookie: {visitor.cookie}\r\n\r\n"
        ).encode(),
    )
    given = 1000 * (perf_counter() - began)
    if len(received.partition(b"\r\n\r\n")[2]) != size:
        raise WrongAnswerError("the file did not come back whole")
    return given


def _multipart(token: str, sent: bytes) -> bytes:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
    file = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    )
    return (head + file).encode() + sent + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _asked(server: Served, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), 120) as peer:
        peer.sendall(request)
        return b"".join(iter(lambda: peer.recv(1 << 20), b""))


def _floors(ground: Ground, chunks: int) -> tuple[float, float]:
    """Milliseconds to seal and store both parts of a file, and to read and open one of them."""
    vault, engine = ground.system.gate.vault, ground.system.database.engine
    sealer, file_id, plain = vault.new_stream(_PLACE), uuid4(), bytes(CHUNK_BYTES)
    began = perf_counter()
    with engine.begin() as writer:
        writer.execute(insert(StoredFile).values(id=file_id, chunks=chunks, turns_left=1))
        for position in range(chunks):
            sealed = sealer.seal(plain, is_last=position == chunks - 1)
            for part in FilePart:
                row = {"file_id": file_id, "part": part, "position": position, "body": sealed}
                writer.execute(insert(FileChunk).values(row))
    writing = 1000 * (perf_counter() - began)
    began = perf_counter()
    one_part = select(FileChunk.body).filter_by(file_id=file_id, part=FilePart.CLEAN)
    with engine.connect() as reader:
        for position in range(chunks):
            body = reader.execute(one_part.filter_by(position=position)).scalar_one()
            is_last = position == chunks - 1
            vault.open_chunk(sealer.key, _PLACE, position, body, is_last=is_last)
    reading = 1000 * (perf_counter() - began)
    with engine.begin() as writer:
        writer.execute(delete(StoredFile).where(StoredFile.id == file_id))
    return writing, reading


def _child(sent: bytes) -> Measure:
    """The most that the process that cleans ever had. It is gone afterwards."""
    with cleaning([sent]) as child:
        for _piece in child.pieces():
            pass
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Measure(
        "the child that cleans it, the most",
        most,
        "MB",
        512,
        MEGABYTES,
        "the file itself",
        note="the most of any child of this run; limited to 512 MB of address space",
    )
