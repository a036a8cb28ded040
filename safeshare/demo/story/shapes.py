"""The things that the story is made of. All frozen: a story is told once and then only read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from safeshare.concerns.rules import Answer, CaseStatus, Mode
from safeshare.demo.story.steps import Step, status_after
from safeshare.kernel.actors import Role


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """A place of the fictional organisation. `within` is the key of the place above it."""

    key: str
    name: str
    kind: str
    within: str | None
    headcount: int


@dataclass(frozen=True, slots=True)
class StoryPerson:
    """A fictional member of staff. `queues` are codes; `place` is a key. Outsiders have neither a
    place nor a staff number.
    """

    name: str
    sign_in_name: str
    email: str
    job_title: str
    roles: tuple[Role, ...]
    queues: tuple[str, ...]
    place: str | None
    staff_number: str | None


@dataclass(frozen=True, slots=True)
class StoryMembership:
    """That somebody serves a queue, and who approved it in the story. Both are sign-in names."""

    queue: str
    member: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class OnCallWeek:
    """Who is on call for a queue from `from_on` to `until_on`, both included."""

    queue: str
    person: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class StoryIdentity:
    """What a confidential or named reporter says of themselves. Empty texts were not answered."""

    name: str
    phone: str
    reach: str


@dataclass(frozen=True, slots=True)
class StoryConcern:
    """One concern and what became of it.

    `answers` are those of the form, by question id, without `place`, which names a place of the
    story. `identity` and `nudge_address` are None for anonymous reporters. `theme` is what it is
    mainly about; handlers code it, and perhaps more, in a step.
    """

    key: str
    received_on: date
    theme: str
    mode: Mode
    relationship: str
    place: str | None
    answers: Mapping[str, Answer]
    identity: StoryIdentity | None
    nudge_address: str | None
    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """The concern in the reporter's words."""
        text = self.answers["concern"]
        return text if isinstance(text, str) else ""

    @property
    def status(self) -> CaseStatus:
        """Where the case stands when the story ends."""
        return status_after(self.steps)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens on a day: a step, or with None the receipt of the concern."""

    on: date
    concern: StoryConcern
    step: Step | None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the demo organisation is made of, as it stands at the end of `today`."""

    today: date
    service: str
    places: tuple[StoryPlace, ...]
    people: tuple[StoryPerson, ...]
    memberships: tuple[StoryMembership, ...]
    reserves: Mapping[str, str]
    rota: tuple[OnCallWeek, ...]
    recovery_officers: tuple[str, ...]
    concerns: tuple[StoryConcern, ...]

    def happenings(self) -> Iterator[Happening]:
        """Everything that happened, day by day, so that a clock need never be put back."""
        happened = [
            happening
            for concern in self.concerns
            for happening in (
                Happening(concern.received_on, concern, None),
                *(Happening(step.on, concern, step) for step in concern.steps),
            )
        ]
        yield from sorted(happened, key=lambda happening: happening.on)
