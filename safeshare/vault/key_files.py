"""The keys that live in files outside the database, and that backups never take.

    keys/pepper                 32 bytes  stretching of passphrases and access codes
    keys/installation_salt      16 bytes  stretching of access codes
    keys/eligibility_mac        32 bytes  signs who may be given keys
    keys/accounts               32 bytes  seals six-digit secrets and other server-held records
    keys/ledger                 32 bytes  signs the links of the ledger, and its head
    keys/head/head, tip, era              the ledger's signed head (no key)
    keys/session/NNNNNN         32 bytes  server half of sessions: newest and the one before
    keys/session/ended                    when all sessions were last ended (no key)
    keys/newest/revisions                 newest revision of each signed record (no key)
    keys/public/                public halves of the worker's keys: `worker_keys`
    keys/worker/                private halves: contact, themes, tokens
    keys/worker/judging         32 bytes  derived from eligibility_mac: judges what it signs

Where they run apart, give the staff app everything but `worker/`, the reporter app the same without
`accounts` and `head/`, and a worker `ledger`, `head/`, `newest/` to read, `public/` and `worker/`
alone.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from safeshare.kernel.errors import MisconfiguredError
from safeshare.kernel.sealed import PrivateKey, PublicKey
from safeshare.vault import hpke
from safeshare.vault.derivation import derive
from safeshare.vault.key_folder import alone_in, make_folder, read_key, write_key
from safeshare.vault.newest import NewestRevisions
from safeshare.vault.session_keys import SessionKeys
from safeshare.vault.worker_keys import WorkerKeys, WorkerKind

_SIZES: Final = {
    "pepper": 32,
    "installation_salt": 16,
    "eligibility_mac": 32,
    "accounts": 32,
    "ledger": 32,
}
_JUDGING_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The keys of one process. Which it lacks shows only when one is asked for."""

    folder: Path
    _secrets: Mapping[str, bytes] = field(repr=False)
    _session_keys: SessionKeys | None = field(repr=False)
    _newest: NewestRevisions | None = field(repr=False)
    _workers: WorkerKeys | None = field(repr=False)

    @classmethod
    def create(cls, folder: Path, suite: int = hpke.HYBRID) -> "KeyFiles":
        """Make every key of a new installation, the worker's of this suite. MisconfiguredError if
        there are keys already.
        """
        make_folder(folder)
        with alone_in(folder):
            cls._create(folder, suite)
        return cls.load(folder)

    @staticmethod
    def _create(folder: Path, suite: int) -> None:
        for name, size in _SIZES.items():
            write_key(folder / name, name, os.urandom(size))
        signing = read_key(folder / "eligibility_mac", "eligibility_mac", _SIZES["eligibility_mac"])
        SessionKeys.create(folder / "session")
        NewestRevisions.create(folder / "newest")
        make_folder(folder / "head")
        WorkerKeys.create(folder, suite)
        write_key(folder / "worker" / "judging", "judging", _judging(signing))

    @classmethod
    def load(cls, folder: Path) -> "KeyFiles":
        """Read the keys of the staff app, or of both apps in one process, and the worker's too
        where `worker/` is present.

        MisconfiguredError names the file that is missing, damaged or open to others.
        """
        return cls._load(folder, _SIZES)

    @classmethod
    def load_for_reporters(cls, folder: Path) -> "KeyFiles":
        """The same without what only staff's sign-in needs, even if that is there as well."""
        return cls._load(folder, _SIZES.keys() - {"accounts"})

    @classmethod
    def _load(cls, folder: Path, names: Iterable[str]) -> "KeyFiles":
        secrets = {name: read_key(folder / name, name, _SIZES[name]) for name in sorted(names)}
        secrets["judging"] = _judging(secrets["eligibility_mac"])
        given = folder / "worker" / "judging"
        if given.exists() and read_key(given, "judging", _JUDGING_BYTES) != secrets["judging"]:
            raise MisconfiguredError(f"the file {given} is not derived from eligibility_mac")
        return cls(
            folder=folder,
            _secrets=secrets,
            _session_keys=SessionKeys(folder / "session"),
            _newest=NewestRevisions(folder / "newest"),
            _workers=WorkerKeys(folder, opens=(folder / "worker").is_dir()),
        )

    @classmethod
    def load_for_worker(cls, folder: Path) -> "KeyFiles":
        """Read the worker's own keys and nothing else, even if other files are there."""
        return cls(
            folder=folder,
            _secrets={
                "ledger": read_key(folder / "ledger", "ledger", _SIZES["ledger"]),
                "judging": read_key(folder / "worker" / "judging", "judging", _JUDGING_BYTES),
            },
            _session_keys=None,
            _newest=NewestRevisions(folder / "newest"),
            _workers=WorkerKeys(folder, opens=True),
        )

    @classmethod
    def load_nothing(cls, folder: Path) -> "KeyFiles":
        """No keys at all, for a process that opens no seal: a scheduler, a health check."""
        return cls(
            folder=folder,
            _secrets={},
            _session_keys=None,
            _newest=None,
            _workers=None,
        )

    @property
    def pepper(self) -> bytes:
        """32 bytes; MisconfiguredError in a worker's process."""
        return self._secret("pepper")

    @property
    def installation_salt(self) -> bytes:
        """16 bytes; MisconfiguredError in a worker's process."""
        return self._secret("installation_salt")

    @property
    def eligibility_mac(self) -> bytes:
        """32 bytes; MisconfiguredError in a worker's process."""
        return self._secret("eligibility_mac")

    @property
    def judging(self) -> bytes:
        """32 bytes; MisconfiguredError in a process that was given no keys at all."""
        return self._secret("judging")

    @property
    def accounts(self) -> bytes:
        """32 bytes, the secret of the keys of `server_seals`; MisconfiguredError in a worker's
        process, and in the reporter app's.
        """
        return self._secret("accounts")

    @property
    def ledger(self) -> bytes:
        """32 bytes; MisconfiguredError in a process that was given no keys at all."""
        return self._secret("ledger")

    @property
    def session_keys(self) -> SessionKeys:
        """The server's half of sessions; MisconfiguredError in a worker's process."""
        if self._session_keys is None:
            raise MisconfiguredError("this process was not given the session keys")
        return self._session_keys

    @property
    def newest(self) -> NewestRevisions:
        """The newest revisions of what is signed; MisconfiguredError in a process without keys."""
        if self._newest is None:
            raise MisconfiguredError("this process was not given the newest revisions")
        return self._newest

    @property
    def can_sign(self) -> bool:
        """Whether this process was given what signs records."""
        return "eligibility_mac" in self._secrets

    @property
    def can_judge(self) -> bool:
        """Whether this process was given what judges records that another signed."""
        return self._newest is not None

    @property
    def workers(self) -> WorkerKeys:
        """The worker's own keys; MisconfiguredError in a process that was given no keys at all."""
        if self._workers is None:
            raise MisconfiguredError("this process was not given the worker's keys")
        return self._workers

    def worker_public(self, kind: WorkerKind) -> PublicKey:
        """What is sealed to today to reach the worker's key of this kind."""
        return self.workers.public(kind)

    def worker_private(self, kind: WorkerKind, suite: int | None = None) -> PrivateKey:
        """The worker's private key of this kind, with one of this suite in it; MisconfiguredError
        where there is none, and in a web-only process.
        """
        return self.workers.private(kind, suite)

    def _secret(self, name: str) -> bytes:
        if name not in self._secrets:
            raise MisconfiguredError(f"this process was not given the key {name}")
        return self._secrets[name]


def _judging(signing: bytes) -> bytes:
    """The key of the second half of each signature. Who has it can make that half alone, which no
    process believes but a worker's.
    """
    return derive(signing, "judging")
