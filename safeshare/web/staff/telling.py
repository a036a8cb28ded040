"""What a case says, in words and in the shapes that the page's parts draw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from safeshare.casework.service.opening import Told
from safeshare.casework.service.summary import Line
from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.rules import Answer
from safeshare.themes.rules import Vocabulary
from safeshare.updates.queries import Promised
from safeshare.updates.rules import PromiseState
from safeshare.web.shared.i18n import day, gettext
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.shared.words import promise_state_words, promise_words, status_name


@dataclass(frozen=True, slots=True)
class Said:
    """One question with its answer in words. `is_long` gives it its own lines."""

    question: str
    answer: str
    is_long: bool


class Answered(Protocol):
    """A case, or a conversation alone, with what was told."""

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The answers by question."""

    @property
    def place(self) -> str | None:
        """The name of the place that was chosen."""

    @property
    def team(self) -> str | None:
        """The name of the team that was asked for."""


def answers_in_words(view: Answered, vocabulary: Vocabulary) -> Sequence[Said]:
    """Everything that was told but the concern and the wishes, which the page shows first."""
    named = {
        "place": view.place,
        "handle_by": view.team,
        "category": ", ".join(_categories(view.answers, vocabulary)) or None,
    }
    return [
        Said(str(question), named.get(key) or _in_words(key, view.answers[key]), key in _TYPED)
        for key, question in _QUESTIONS.items()
        if key in view.answers
    ]


_TYPED = frozenset({"who", "risk", "where", "when"})


_QUESTIONS: Mapping[str, object] = {
    "danger": _("Somebody in danger now"),
    "want": _("What they asked for"),
    "stake": _("How they know"),
    "mode": _("How they are known"),
    "place": _("Part of the service"),
    "where": _("Where"),
    "when": _("When"),
    "who": _("Who is involved"),
    "about": _("Among them"),
    "at_risk": _("At risk"),
    "risk": _("What they are worried may happen next"),
    "category": _("Mostly about"),
    "handle_by": _("Team they chose"),
}


def _in_words(key: str, answer: Answer) -> str:
    codes = answer if isinstance(answer, tuple) else (answer,)
    known = {} if key in _TYPED else _CODES  # Somebody may have typed a word that is also a code.
    return ", ".join(str(known.get(one, one)) for one in codes)


_CODES: Mapping[str, object] = {
    "yes": _("Yes, or they think so"),
    "no": _("No"),
    "share": _("Share a concern"),
    "support": _("Support only"),
    "me": _("It happened to them"),
    "someone_else": _("It happened to somebody else, who told them"),
    "saw": _("They saw or heard it"),
    "heard": _("They heard about it from others"),
    "worried": _("They are worried in general"),
    "anonymous": _("Anonymous"),
    "confidential": _("Confidential"),
    "named": _("Named"),
    "hr": _("Human Resources"),
    "safeguarding": _("Safeguarding"),
    "professional_standards": _("Professional Standards"),
    "administrator": _("An administrator"),
    "chief_officer": _("A chief officer"),
    "child": _("A child or young person"),
    "adult": _("An adult who needs care or support"),
}


def _categories(answers: Mapping[str, Answer], vocabulary: Vocabulary) -> Iterator[str]:
    labels = {group.code: group.label for group in vocabulary.groups}
    for code in answers.get("category", ()):
        yield labels.get(code, code)


def theme_labels(themes: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """What a case is coded with."""
    labels = {one.code: one.label for group in vocabulary.groups for one in group.themes}
    return [labels.get(code, code) for code in themes]


def thread(messages: Sequence[Told]) -> list[dict[str, Any]]:
    """The conversation for `parts.thread`. Our own side is the holders'."""
    return [
        {
            "mine": one.is_ours,
            "who": one.author_name or _nameless(one),
            "when": day(one.on),
            "text": one.text,
        }
        for one in messages
    ]


def _nameless(message: Told) -> str:
    return str(gettext("Recovery officers") if message.is_ours else gettext("The reporter"))


def timeline(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """What happened, for `parts.timeline`, the newest first."""
    return [
        {"when": day(line.on), "text": _event_words(line), "state": ""} for line in reversed(lines)
    ]


_BY_STAFF: Mapping[CaseEventKind, object] = {
    CaseEventKind.TAKEN: _("%(name)s became the contact person"),
    CaseEventKind.ACKNOWLEDGED: _("%(name)s acknowledged the concern"),
    CaseEventKind.OPENED: _("%(name)s was the first to open it"),
    CaseEventKind.STATUS_CHANGED: _("%(name)s changed the status to: %(status)s"),
    CaseEventKind.MESSAGE_FROM_STAFF: _("%(name)s wrote to the reporter"),
    CaseEventKind.CODED: _("%(name)s coded the themes"),
    CaseEventKind.CLOSED: _("%(name)s closed the case"),
    CaseEventKind.REROUTED: _("%(name)s passed the case to another team"),
    CaseEventKind.RISK_JUDGED: _("%(name)s judged the risk"),
    CaseEventKind.NOTES_ASKED: _("%(name)s asked for the notes"),
    CaseEventKind.OVERSEER_CHANGED: _("Another overseer was drawn when %(name)s opened it"),
    CaseEventKind.FEEDBACK_EXTENDED: _("%(name)s agreed to a later date for the result"),
}
_BY_NOBODY: Mapping[CaseEventKind, object] = {
    CaseEventKind.RECEIVED: _("The concern was received"),
    CaseEventKind.ANSWERED: _("The reporter answered a question that only they can decide"),
    CaseEventKind.MESSAGE_FROM_REPORTER: _("The reporter wrote"),
    CaseEventKind.STATUS_CHANGED: _("The reporter answered, so the case goes on"),
    CaseEventKind.CLOSED: _("Aftercare ended"),
    CaseEventKind.RECOVERED: _("Recovery officers gave the case to new people"),
    CaseEventKind.SOMEBODY_ELSE_ASKED: _("The reporter asked for somebody else"),
    CaseEventKind.ESCALATED: _("The reporter asked the overseer to look"),
    CaseEventKind.OVERSEER_CHANGED: _("Somebody else oversees the case now"),
}


def _event_words(line: Line) -> str:
    if line.staff_name is None:
        return str(_BY_NOBODY[line.kind])
    status = status_name(line.status) if line.status else ""
    return str(_BY_STAFF[line.kind]) % {"name": line.staff_name, "status": status}


def promises(made: Sequence[Promised]) -> list[dict[str, Any]]:
    """The promises for `parts.timeline`, the soonest due first, a miss shown for good."""
    return [_promise(one) for one in made]


def _promise(one: Promised) -> dict[str, Any]:
    state, when = one.state, gettext("By %(day)s", day=day(one.due_on))
    tag, look = promise_state_words(state), _LOOKS[state]
    if state is PromiseState.KEPT and one.missed_on:
        tag, look = gettext("Kept late"), "govuk-tag--orange"
    elif one.kept_on:
        when = gettext("On %(day)s", day=day(one.kept_on))
    return {
        "when": when,
        "text": promise_words(one.kind) + _told(one),
        "state": _STATES[state] if not one.missed_on else "missed",
        "tag": tag,
        "tag_class": look,
    }


def _told(one: Promised) -> str:
    if one.told_on is None:
        return ""
    if one.missed_on is None:
        return " " + str(_("(asked on %(day)s)", day=day(one.told_on)))
    return " " + str(
        gettext("(on %(day)s the service told them that it is late)", day=day(one.told_on))
    )


_STATES: Mapping[PromiseState, str] = {
    PromiseState.PENDING: "due",
    PromiseState.MISSED: "missed",
    PromiseState.KEPT: "kept",
    PromiseState.CANCELLED: "",
    PromiseState.EXTENDED: "",
}
_LOOKS: Mapping[PromiseState, str] = {
    PromiseState.PENDING: "govuk-tag--blue",
    PromiseState.MISSED: "govuk-tag--red",
    PromiseState.KEPT: "govuk-tag--green",
    PromiseState.CANCELLED: "govuk-tag--grey",
    PromiseState.EXTENDED: "govuk-tag--grey",
}
