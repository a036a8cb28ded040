"""The fixed cast of the use-case tests, and a system of their own for them to play in.

Queues have few people so that a test can say exactly who holds a case. Stretching is real but
cheap: its cost is proved in `tests/vault` and measured in `benchmarks`.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyotp

from config.settings import Settings
from safeshare import wiring
from safeshare.concerns.rules import Answer
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.service.routing import load_routing_order
from safeshare.concerns.service.submit import SubmitConcern, Submitted, submit_concern
from safeshare.gate import Gate
from safeshare.gate.keeping import sign_head, verify_ledger
from safeshare.kernel.actors import Operator, Role, Staff, Stranger, Visitor, Worker
from safeshare.kernel.clocks import Clock
from safeshare.kernel.sealed import AccessCode
from safeshare.ledger.verifying import Fault
from safeshare.people.service.accounts import Enrolled, EnrolStaff, enrol_staff
from safeshare.people.service.installation import PlaceToAdd, SetUp, set_up
from safeshare.people.service.membership import ApproveMember, approve_member
from safeshare.people.service.recovery import InitRecovery, OfficerCode, init_recovery
from safeshare.people.service.sign_in import RecogniseStaff, recognise_staff
from safeshare.vault import Cost, KeyFiles, LaneLimits, Permits, Vault

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""A Monday morning, in winter time."""

PASSPHRASE = "a long test passphrase of one person"
QUEUES = ("independent", "safeguarding", "hr", "professional_standards")


@dataclass
class Movable:
    """A clock's source that a test moves by hand."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> None:
        """Move on by a `timedelta(**step)`."""
        self.now += timedelta(**step)


@dataclass
class Stage:
    """A system with its cast. `staff` and `enrolled` go by sign-in name; so does `sessions`, which
    has the number of somebody's sessions once they have ended those of before.
    """

    system: wiring.System
    time: Movable
    queues: Mapping[str, UUID]
    places: Mapping[str, UUID]
    enrolled: dict[str, Enrolled] = field(default_factory=dict)
    officers: tuple[OfficerCode, ...] = ()
    sessions: dict[str, int] = field(default_factory=dict)

    @property
    def gate(self) -> Gate:
        """The gate of the system."""
        return self.system.gate

    def staff(self, name: str) -> Staff:
        """A member of the cast as today's actor."""
        enrolled = self.enrolled[name]
        number, now = self.sessions.get(name, 1), self.time.now
        command = RecogniseStaff(enrolled.staff_id, enrolled.private_key, number, now)
        return self.gate.run(recognise_staff, Visitor(), command)

    def faults(self) -> Sequence[Fault]:
        """Everything that is wrong with the ledger."""
        return self.gate.run(verify_ledger, Operator(), None)

    def six_digits(self, name: str) -> str:
        """The six digits that a member's phone shows now."""
        return pyotp.TOTP(self.enrolled[name].totp_secret).at(self.time.now)

    def submit(
        self,
        answers: Mapping[str, Answer] | None = None,
        *,
        identity: Mapping[str, str] | None = None,
        address: str = "",
        order: tuple[UUID, ...] = (),
        code: AccessCode | None = None,
        ticked: Ticked | None = None,
    ) -> tuple[Submitted, AccessCode]:
        """Send a concern; by default a small anonymous one to HR."""
        code = code or self.gate.vault.new_access_code()
        command = SubmitConcern(
            answers={"concern": "Something is wrong.", "handle_by": "hr"} | dict(answers or {}),
            identity=identity or {},
            address=address,
            order=order,
            code=code,
            ticked=ticked or Ticked(),
        )
        return self.gate.run(submit_concern, Stranger(), command), code


def settings_for(url: str, folder: Path) -> Settings:
    """The settings of a test's own installation."""
    return Settings.from_mapping(
        {
            "SAFESHARE_DEMO": "1",
            "SAFESHARE_DATABASE_URL": url,
            "SAFESHARE_DATA_FOLDER": str(folder / "data"),
            "SAFESHARE_KEYS_FOLDER": str(folder / "keys"),
        }
    )


def on_copy(built: Stage, url: str, folder: Path) -> Stage:
    """The same installation on a copy of its database and keys, with a clock of its own."""
    keys_folder = folder / f"keys-of-{url.partition(':')[0]}"
    shutil.copytree(built.system.settings.keys_folder, keys_folder)
    settings = replace(built.system.settings, database_url=url, keys_folder=keys_folder)
    time = Movable()
    system = wiring.build(settings)
    gate = replace(system.gate, clock=Clock(source=time), vault=cheap_vault(system.gate.vault))
    enrolled = dict(built.enrolled)
    fresh = replace(system, gate=gate)
    return replace(built, system=fresh, time=time, enrolled=enrolled, sessions={})


def build_stage(url: str, folder: Path, *, per_queue: int = 6) -> Stage:
    """Set up an installation with its queues, `per_queue` members each, and everybody else."""
    settings = settings_for(url, folder)
    system = wiring.build(settings, keys=KeyFiles.create(settings.keys_folder))
    time = Movable()
    gate = replace(system.gate, clock=Clock(source=time), vault=cheap_vault(system.gate.vault))
    system = replace(system, gate=gate)
    places = (
        PlaceToAdd("service", None, "service", "Test Service", 900),
        PlaceToAdd("north", "service", "station", "North Station", 60),
    )
    command = SetUp("Test Service", is_demo=True, queues=wiring.default_queues(), places=places)
    done = gate.run(set_up, Operator(), command)
    gate.run(load_routing_order, Operator(), wiring.default_routing())
    stage = Stage(system, time, done.queues, done.places)
    officers = InitRecovery(("Wren", "Tern", "Rook"), 2)
    stage.officers = tuple(gate.run(init_recovery, Operator(), officers))
    _fill_queues(stage, per_queue)
    for name, role in (
        ("overseer", Role.OVERSEER),
        ("second_overseer", Role.OVERSEER),
        ("leader", Role.LEADER),
        ("administrator", Role.ADMINISTRATOR),
    ):
        enrol(stage, name, {role})
    gate.run(sign_head, Worker(), None)
    return stage


def enrol(
    stage: Stage,
    name: str,
    roles: set[Role],
    *queues: str,
    by_init: bool = False,
    place: str | None = None,
    staff_number: str | None = None,
) -> None:
    """Add somebody to the cast, not yet approved for any queue unless named by init."""
    stage.enrolled[name] = stage.gate.run(
        enrol_staff,
        Operator(),
        EnrolStaff(
            sign_in_name=name,
            display_name=name.replace("_", " ").title(),
            job_title="Tester",
            email=f"{name}@service.example",
            passphrase=PASSPHRASE,
            roles=frozenset(roles),
            queue_ids=tuple(stage.queues[queue] for queue in queues),
            approved_by_init=by_init,
            location_id=stage.places[place] if place else None,
            staff_number=staff_number,
        ),
    )


def approve(stage: Stage, approver: str, name: str, queue: str) -> None:
    """Let one member of the cast approve another for a queue."""
    command = ApproveMember(stage.enrolled[name].staff_id, stage.queues[queue])
    stage.gate.run(approve_member, stage.staff(approver), command)


def _fill_queues(stage: Stage, per_queue: int) -> None:
    for queue in QUEUES:
        supervisor = f"{queue}_supervisor"
        enrol(stage, supervisor, {Role.SUPERVISOR}, queue, by_init=True)
        for number in range(1, per_queue):
            name = f"{queue}_{number}"
            enrol(stage, name, {Role.HANDLER}, queue)
            approve(stage, supervisor, name, queue)


def cheap_vault(vault: Vault) -> Vault:
    """The same vault with stretching that costs next to nothing."""
    cost = Cost(64, 1)
    roomy = LaneLimits(permits=8, most_waiting=64)
    return replace(
        vault, code_cost=cost, passphrase_cost=cost, permits=Permits(roomy, roomy, roomy)
    )
