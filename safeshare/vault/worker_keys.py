"""The worker's own three keys, and how they go over to another suite (ADR 0017).

    keys/worker/KIND            private half, or a ring: one key a suite, the one in use first
    keys/public/KIND            public half, from the first day
    keys/public/KIND-DATE       public half of another suite, in use from that date on

The private half is written first, so that whoever opens is ready before anybody seals. A new public
half comes into use at midnight in London: rows of reporters have dates, and so the suite in which
one is sealed tells no more than its date does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
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

_DATED: Final = re.compile(r"([a-z]+)-(\d{4}-\d{2}-\d{2})")

_Halves = Mapping[WorkerKind, Sequence[tuple[date, PublicKey]]]
"""The public halves of each kind, with the date on which each comes into use, in order."""


def today_in_london() -> date:
    """The real date, whatever a demo's business clock says."""
    return datetime.now(LONDON).date()


class WorkerKeys:
    """Reads, and on an operator's command renews, the worker's keys of one folder.

    Running processes follow by themselves. Public halves are read anew when the day turns; private
    ones when something comes that is sealed in a suite of which there was no key.
    """

    def __init__(self, folder: Path, *, opens: bool) -> None:
        """Read the public halves, and the private ones where this process `opens` what is sealed to
        them. MisconfiguredError names the file that is missing, damaged or open to others.
        """
        self._folder = folder
        self._private = _read_private(folder) if opens else {}
        self._halves, self._read_on = _read_halves(folder), today_in_london()

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

    def public(self, kind: WorkerKind) -> PublicKey:
        """What is sealed to today. Where it cannot be read any more, what was read before stays in
        use: that still opens, and no concern is turned away. The next start names the fault.
        """
        today = today_in_london()
        if self._read_on != today:
            with suppress(MisconfiguredError, OSError):
                self._halves, self._read_on = _read_halves(self._folder), today
        return [key for begins, key in self._halves[kind] if begins <= today][-1]

    def private(self, kind: WorkerKind, suite: int | None = None) -> PrivateKey:
        """The private key or ring, read anew where the one at hand has no key of this suite."""
        if kind not in self._private:
            raise MisconfiguredError(f"this process was not given the worker's {kind} key")
        if suite is not None and suite not in hpke.keys_in(self._private[kind]):
            self._private = _read_private(self._folder)
        return self._private[kind]

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
        return begins is not None and begins <= today_in_london()

    def renew(self, with_newest: Callable[[PrivateKey], PrivateKey]) -> None:
        """Go over, from tomorrow on, to the rings that `with_newest` makes of the present ones.

        Whatever was done before it was stopped half-way is not done again. MisconfiguredError where
        this process was not given the private halves.
        """
        if not self._private:
            raise MisconfiguredError("this process was not given the worker's private keys")
        private, public = self._folder / "worker", self._folder / "public"
        begins = today_in_london() + timedelta(days=1)
        with alone_in(private):
            present, halves = _read_private(self._folder), _read_halves(self._folder)
            for kind in WORKER_KINDS:
                ring = with_newest(present[kind])
                if ring != present[kind]:
                    replace_key(private / kind, f"worker-{kind}", ring.raw)
                half = hpke.public_half(ring)
                if half != halves[kind][-1][1]:
                    name = f"{kind}-{begins}"
                    replace_key(public / name, f"public-{name}", half.raw)


def _read_private(folder: Path) -> Mapping[WorkerKind, PrivateKey]:
    return {
        kind: PrivateKey(
            read_fitting(folder / "worker" / kind, f"worker-{kind}", hpke.is_private_key)
        )
        for kind in WORKER_KINDS
    }


def _read_halves(folder: Path) -> _Halves:
    return {kind: [*_first(folder, kind), *_dated(folder, kind)] for kind in WORKER_KINDS}


def _first(folder: Path, kind: WorkerKind) -> Sequence[tuple[date, PublicKey]]:
    return [(date.min, _read_half(folder, kind))]


def _dated(folder: Path, kind: WorkerKind) -> Sequence[tuple[date, PublicKey]]:
    names = (_DATED.fullmatch(path.name) for path in (folder / "public").iterdir())
    dates = sorted(_day(name[2]) for name in names if name and name[1] == kind)
    return [(begins, _read_half(folder, f"{kind}-{begins}")) for begins in dates]


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise MisconfiguredError(f"a public key of the worker is for no day: {written}") from None


def _read_half(folder: Path, name: str) -> PublicKey:
    return PublicKey(read_fitting(folder / "public" / name, f"public-{name}", hpke.is_public_key))
