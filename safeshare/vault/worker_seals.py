"""The vault's part for what is sealed to the worker: to keys in files, and to nobody's own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Place, Sealed
from safeshare.vault import hpke
from safeshare.vault.binding import bind_place
from safeshare.vault.contents import decode_mapping, encode_mapping
from safeshare.vault.key_files import KeyFiles
from safeshare.vault.key_suites import KeySuites
from safeshare.vault.padding import pad_exactly, unpad
from safeshare.vault.worker_keys import WorkerKind


class WorkerSeals(KeySuites):
    """Seals to the worker's keys, opens with them, and lets them go over to `key_suite`."""

    keys: KeyFiles

    def seal_for_worker(
        self, kind: WorkerKind, place: Place, mapping: Mapping[str, Any], size: int
    ) -> Sealed:
        """Seal to the worker's key of a kind, the content always filling `size` bytes.

        InvalidError if it does not fit (four bytes go to its length).
        """
        content = pad_exactly(encode_mapping(mapping), size)
        return hpke.seal(self.keys.worker_public(kind), content, _binding(kind, place))

    def open_for_worker(self, kind: WorkerKind, place: Place, sealed: Sealed) -> dict[str, Any]:
        """Open with the worker's private key; SealBrokenError where it does not open here.

        MisconfiguredError in a process without that key, or with an older one than is sealed to:
        such a value is not broken, and opens once the key files are put right.
        """
        return decode_mapping(unpad(self._unsealed(kind, place, sealed)))

    def reseal_for_worker(self, kind: WorkerKind, place: Place, sealed: Sealed) -> Sealed:
        """The same content, of the same size, sealed to the worker's key of today. It is not looked
        at. SealBrokenError where it does not open here.
        """
        content = self._unsealed(kind, place, sealed)
        return hpke.seal(self.keys.worker_public(kind), content, _binding(kind, place))

    def worker_suite_begins(self) -> date | None:
        """From which date on all that is sealed to the worker is of today's suite, past or to come.
        None where `renew_worker_keys` must make new keys first.
        """
        return self.keys.workers.begins(self.key_suite)

    def seals_to_worker_of_today(self) -> bool:
        """Whether all that is sealed to the worker now is of today's suite."""
        return self.keys.workers.has_begun(self.key_suite)

    def renew_worker_keys(self) -> None:
        """Make keys of today's suite for the worker, in use from tomorrow on, or from
        the day after in the last hour before midnight. The older ones stay behind them.
        MisconfiguredError in a process without the private halves.
        """
        self.keys.workers.renew(self.with_key_of_today)

    def insist_on_worker_keys(self) -> None:
        """MisconfiguredError in a process without the worker's private keys."""
        self.keys.workers.insist_on_private()

    def read_worker_keys_anew(self) -> None:
        """Follow what an operator did to the worker's key files. Call it by the clock, never for a
        visitor. MisconfiguredError where they cannot be used: those of before stay in use.
        """
        self.keys.workers.read_anew()

    def _unsealed(self, kind: WorkerKind, place: Place, sealed: Sealed) -> bytes:
        suite = sealed.blob[0] if sealed.blob else None
        private_key = self.keys.worker_private(kind, suite)
        try:
            return hpke.unseal(private_key, sealed, _binding(kind, place))
        except SealBrokenError:
            self.keys.workers.read_anew()  # Is it the value that is wrong, or are the files?
            raise


def _binding(kind: WorkerKind, place: Place) -> bytes:
    return bind_place(f"worker {kind}", place)
