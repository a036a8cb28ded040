"""The demo's people: enrolled, approved by one another, and on call in their turns."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from safeshare.demo.story import Story, StoryPerson
from safeshare.gate import Gate
from safeshare.kernel.actors import Operator, Role, Staff, Visitor
from safeshare.people.service.accounts import Enrolled, EnrolStaff, enrol_staff
from safeshare.people.service.installation import SetUpDone
from safeshare.people.service.membership import ApproveMember, approve_member
from safeshare.people.service.rota import TurnOnCall, set_rota
from safeshare.people.service.sign_in import RecogniseStaff, recognise_staff

WORDS_OF_A_PASSPHRASE = 4
"""Of the list of access codes: 41 random bits, enough for a demo's people."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a demo's person signs in."""

    name: str
    sign_in_name: str
    roles: tuple[Role, ...]
    queues: tuple[str, ...]
    passphrase: str = field(repr=False)


class Cast:
    """Everybody of the story, by sign-in name."""

    def __init__(self, gate: Gate, done: SetUpDone) -> None:
        self._gate = gate
        self._done = done
        self._enrolled: dict[str, Enrolled] = {}
        self._actors: dict[UUID, Staff] = {}
        self._planned_until = date.min
        self.sign_ins: list[SignIn] = []

    def join(self, story: Story) -> None:
        """Enrol everybody, two at a time, and let them approve one another."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            for sign_in, enrolled in pool.map(self._enrol, story.people):
                self._enrolled[sign_in.sign_in_name] = enrolled
                self.sign_ins.append(sign_in)
        for membership in story.memberships:
            command = ApproveMember(
                self._enrolled[membership.member].staff_id, self._done.queues[membership.queue]
            )
            self._gate.run(approve_member, self._fresh(membership.approved_by), command)
        for name, enrolled in self._enrolled.items():
            self._actors[enrolled.staff_id] = self._fresh(name)

    def plan_rota(self, story: Story, until: date) -> None:
        """Set the turns that begin by `until` and were not yet set. As in a real service, turns are
        planned some weeks ahead and forgotten after they ended, so the rota stays short.
        """
        turns = [
            TurnOnCall(
                self._done.queues[week.queue],
                self._enrolled[week.person].staff_id,
                week.from_on,
                week.until_on,
            )
            for week in story.rota
            if self._planned_until < week.from_on <= until
        ]
        self._planned_until = until
        self._gate.run(set_rota, Operator(), turns)

    def actor(self, staff_id: UUID) -> Staff:
        """Somebody of the cast, signed in."""
        return self._actors[staff_id]

    @property
    def staff_ids(self) -> Mapping[str, UUID]:
        """The ids by sign-in name."""
        return {name: enrolled.staff_id for name, enrolled in self._enrolled.items()}

    def _enrol(self, person: StoryPerson) -> tuple[SignIn, Enrolled]:
        passphrase = "-".join(self._gate.vault.new_access_code().words[:WORDS_OF_A_PASSPHRASE])
        command = EnrolStaff(
            sign_in_name=person.sign_in_name,
            display_name=person.name,
            job_title=person.job_title,
            email=person.email,
            passphrase=passphrase,
            roles=frozenset(person.roles),
            queue_ids=tuple(self._done.queues[queue] for queue in person.queues),
            location_id=self._done.places[person.place] if person.place else None,
            staff_number=person.staff_number,
        )
        enrolled = self._gate.run(enrol_staff, Operator(), command)
        sign_in = SignIn(person.name, person.sign_in_name, person.roles, person.queues, passphrase)
        return sign_in, enrolled

    def _fresh(self, name: str) -> Staff:
        enrolled = self._enrolled[name]
        now = self._gate.clock.security_now()
        command = RecogniseStaff(enrolled.staff_id, enrolled.private_key, proved_at=now)
        return self._gate.run(recognise_staff, Visitor(), command)
