"""The least that the same machine needs for what cannot be left out, measured in the same run."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from benchmarks.grounds import Ground
from safeshare.kernel.sealed import Compartment, CompartmentKey, Place, PrivateKey, PublicKey
from safeshare.vault import Vault, hpke

STRETCHING = "Argon2id 19 MiB, t=2, p=1"
GRANTS = {Compartment.CONVERSATION: 5, Compartment.WORK: 4, Compartment.IDENTITY: 3}
"""Three holders, the party and recovery; holders and recovery; two keepers and recovery."""

_CASE, _PARTY = uuid4(), uuid4()


def stretch() -> None:
    """One access code's stretching, without the product."""
    Argon2id(
        salt=b"s" * 16, length=32, iterations=2, lanes=1, memory_cost=19 * 1024, secret=b"p" * 32
    ).derive(b"eight words of an access code")


@dataclass(frozen=True)
class Seals:
    """Everything that a concern seals, and what its mailbox opens."""

    vault: Vault
    private_key: PrivateKey
    public_key: PublicKey

    @classmethod
    def of(cls, ground: Ground) -> "Seals":
        """Under the keys of an installation, to somebody of its cast."""
        vault, person = ground.system.gate.vault, ground.stage.enrolled["hr_1"]
        return cls(vault, person.private_key, hpke.public_half(person.private_key))

    def concern(self) -> bytes:
        """Seal one concern: twelve grants, six documents, the address and the line of overseers.
        Returns all of it.
        """
        key, work = self.vault.new_compartment_key(), Compartment.WORK
        seals = [
            self.vault.grant(key, _place("grant", compartment), self.public_key)
            for compartment, people in GRANTS.items()
            for _ in range(people)
        ]
        seals += [
            self.vault.seal_document(key, _place("account", work), {"concern": "x" * 2000}),
            self.vault.seal_document(key, _place("sheet", work), {}),
            self.vault.seal_record(key, _place("answers", work), {}),
            self.vault.seal_record(key, _place("identity", work), {}),
            self.vault.seal_roll(key, _place("exclusions", work), {}),
            self.vault.seal_roll(key, _place("succession", work), {}),
            self.vault.seal_for_worker("contact", Place("address", "1", "address"), {}, 512),
            self.vault.seal_for_worker("contact", Place("overseers", "1", "line"), {}, 512),
        ]
        return b"".join(seal.blob for seal in seals)

    def mailbox(self, messages: int) -> Callable[[], None]:
        """What opens a conversation: its grant, and so many messages."""
        key, place = self.vault.new_compartment_key(), _place("grant", Compartment.CONVERSATION)
        grant = self.vault.grant(key, place, self.public_key)
        sealed = self.vault.seal_message(key, place, "A message. " * 20)

        def opened() -> None:
            found: CompartmentKey = self.vault.open_grant(grant, place, self.private_key)
            for _ in range(messages):
                self.vault.open_message(found, place, sealed)

        return opened


@dataclass(frozen=True)
class Disk:
    """One durable commit of the same database, by its driver alone."""

    ground: Ground

    def prepare(self) -> "Disk":
        """Make the table that is written to."""
        with closing(self.ground.system.database.engine.raw_connection()) as raw:
            kind = "BLOB" if self.ground.system.database.is_sqlite else "BYTEA"
            raw.cursor().execute(f"CREATE TABLE IF NOT EXISTS floor (body {kind})")
            raw.commit()
        return self

    def commit(self, body: bytes) -> None:
        """Store some bytes for good."""
        is_sqlite = self.ground.system.database.is_sqlite
        with closing(self.ground.system.database.engine.raw_connection()) as raw:
            cursor = raw.cursor()
            if is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            mark = "?" if is_sqlite else "%s"
            cursor.execute(f"INSERT INTO floor VALUES ({mark})", (body,))  # noqa: S608 - a mark.
            raw.commit()


def _place(table: str, compartment: Compartment) -> Place:
    return Place(table, "1", "sealed", case_id=_CASE, compartment=compartment, party_id=_PARTY)
