"""The worker's own three keys, and how they go over to another suite (ADR 0017).

    keys/worker/KIND            private half, or a ring: one key a suite, the one in use first
    keys/public/KIND            public half, from the first day
    keys/public/KIND-DATE       public half of another suite, in use from that date on

The private half is written first, so that whoever opens is ready before anybody seals. A new public
half comes into use at midnight in London: rows of reporters have dates, and so the suite in which
one is sealed tells no more than its date does. Running processes read the files by the clock, never
because somebody came: the time of access of a file tells of no visitor.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from safeshare.kernel.clocks import LONDON
from safeshare.kernel.errors import MisconfiguredError
from safeshare.kernel.sealed import PrivateKey, PublicKey
from safeshare.vault import hpke
from safeshare.vault.key_folder import (
    alone_in,
    make_folder,
    read_fitting,
    replace_key,
    write_key,
)

WorkerKind = Literal["contact", "themes", "tokens"]

WORKER_KINDS: Final[tuple[WorkerKind, ...]] = ("contact", "themes", "tokens")

BEFORE_MIDNIGHT: Final = timedelta(hours=1)
"""How long before it is in use a new public half is written at the least: by midnight every running
process must have read it.
"""

_DATED: Final = re.compile(r"([a-z]+)-(\d{4}-\d{2}-\d{2})")

_Halves = Mapping[WorkerKind, Sequence[tuple[date, PublicKey]]]
"""The public halves of each kind, with the date on which each comes into use, in order."""


def now_in_london() -> datetime:
    """The real time, whatever a demo's business clock says."""
    return datetime.now(LONDON)


class WorkerKeys:
    """Reads, and on an operator's command renews, the worker's keys of one folder."""

    def __init__(self, folder: Path, *, opens: bool) -> None:
        """Read the public halves, and the private ones where this process `opens` what is sealed to
        them. MisconfiguredError names the file that is missing, damaged, open to others or older
        than its other half.
        """
        self._folder = folder
        self._opens = opens
        self.read_anew()

    @classmethod
    def create(cls, folder: Path, suite: int) -> None:
        """Make the keys of a new installation."""
        make_folder(folder / "worker")
        make_folder(folder / "public")
        for kind in WORKER_KINDS:
            private_key = hpke.new_private_key(suite)
            write_key(folder / "worker" / kind, f"worker-{kind}", private_key.raw)
            public_key = hpke.public_half(private_key)
            write_key(folder / "public" / kind, f"public-{kind}", public_key.raw)

    def read_anew(self) -> None:
        """Follow what is in the folder now. Call it by the clock. MisconfiguredError as at the
        start: what was read before stays in use then, which still opens, so that no concern is
        turned away.
        """
        halves = _read_halves(self._folder)  # First: whoever renews writes the private ones first.
        self._private = _read_private(self._folder, halves) if self._opens else {}
        self._halves = halves

    def public(self, kind: WorkerKind) -> PublicKey:
        """What is sealed to today. Reads no file."""
        today = now_in_london().date()
        return [key for begins, key in self._halves[kind] if begins <= today][-1]

    def private(self, kind: WorkerKind, suite: int | None = None) -> PrivateKey:
        """The private key or ring, read anew where the one at hand has no key of this suite.

        MisconfiguredError where none is in the file either: what is sealed to it is not lost.
        """
        self.insist_on_private()
        if suite in hpke.SUITES and suite not in hpke.keys_in(self._private[kind]):
            self.read_anew()
            if suite not in hpke.keys_in(self._private[kind]):
                raise MisconfiguredError(
                    f"{_private_path(self._folder, kind)} has no key of suite {suite}"
                )
        return self._private[kind]

    def insist_on_private(self) -> None:
        """MisconfiguredError in a process that was not given the private halves."""
        if not self._private:
            raise MisconfiguredError("this process was not given the worker's private keys")

    def begins(self, suite: int) -> date | None:
        """From which date on all that is sealed to the worker is of this suite, past or to come.
        None where new keys must be made first.
        """
        newest = [halves[-1] for halves in _read_halves(self._folder).values()]
        if any(key.raw[0] != suite for _begins, key in newest):
            return None
        return max(begins for begins, _key in newest)

    def has_begun(self, suite: int) -> bool:
        """Whether all that is sealed to the worker now is of this suite."""
        begins = self.begins(suite)
        return begins is not None and begins <= now_in_london().date()

    def renew(self, with_newest: Callable[[PrivateKey], PrivateKey]) -> None:
        """Go over, from the next midnight on that every process hears of in time, to the rings that
        `with_newest` makes of the present ones.

        Whatever was done before it was stopped half-way is not done again. MisconfiguredError where
        this process was not given the private halves.
        """
        self.insist_on_private()
        private, public = self._folder / "worker", self._folder / "public"
        with alone_in(private):
            halves = _read_halves(self._folder)
            present = _read_private(self._folder, halves)
            begins = (now_in_london() + BEFORE_MIDNIGHT).date() + timedelta(days=1)
            for kind in WORKER_KINDS:
                ring = with_newest(present[kind])
                if ring != present[kind]:
                    replace_key(private / kind, f"worker-{kind}", ring.raw)
                half = hpke.public_half(ring)
                if half != halves[kind][-1][1]:
                    name = f"{kind}-{begins}"
                    replace_key(public / name, f"public-{name}", half.raw)
        self.read_anew()


def _read_private(folder: Path, halves: _Halves) -> Mapping[WorkerKind, PrivateKey]:
    """The rings. Each must have the key of every public half of its kind: what is sealed to a half
    that outlived its key, as where an older folder was put back, would open to nobody.
    """
    rings: dict[WorkerKind, PrivateKey] = {}
    for kind in WORKER_KINDS:
        path = _private_path(folder, kind)
        ring = PrivateKey(read_fitting(path, f"worker-{kind}", hpke.is_private_key))
        if not all(_has_key_of(ring, half) for _begins, half in halves[kind]):
            raise MisconfiguredError(
                f"{path} has not the key of every file of this kind in {folder / 'public'}:"
                " put back the newest copy of both folders"
            )
        rings[kind] = ring
    return rings


def _has_key_of(ring: PrivateKey, half: PublicKey) -> bool:
    suite = half.raw[0]
    return suite in hpke.keys_in(ring) and hpke.public_half(ring, suite) == half


def _private_path(folder: Path, kind: WorkerKind) -> Path:
    return folder / "worker" / kind


def _read_halves(folder: Path) -> _Halves:
    return {kind: [*_first(folder, kind), *_dated(folder, kind)] for kind in WORKER_KINDS}


def _first(folder: Path, kind: WorkerKind) -> Sequence[tuple[date, PublicKey]]:
    return [(date.min, _read_half(folder, kind))]


def _dated(folder: Path, kind: WorkerKind) -> Sequence[tuple[date, PublicKey]]:
    try:
        names = [_DATED.fullmatch(path.name) for path in (folder / "public").iterdir()]
    except OSError:
        raise MisconfiguredError(f"the folder {folder / 'public'} cannot be read") from None
    dates = sorted(_day(name[2]) for name in names if name and name[1] == kind)
    return [(begins, _read_half(folder, f"{kind}-{begins}")) for begins in dates]


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise MisconfiguredError(f"a public key of the worker is for no day: {written}") from None


def _read_half(folder: Path, name: str) -> PublicKey:
    return PublicKey(read_fitting(folder / "public" / name, f"public-{name}", hpke.is_public_key))
