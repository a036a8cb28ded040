"""A case as a plain text, for a file: nothing in it can run, wherever it is opened."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safeshare.casework.service.exporting import CaseExport
from safeshare.casework.service.opening import CaseView
from safeshare.themes.rules import Vocabulary
from safeshare.web.shared.i18n import day
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.shared.words import outcome_words, risk_words, status_name
from safeshare.web.staff import telling
from safeshare.web.staff.deciding_words import export_purpose_words
from safeshare.web.staff.files import file_lines

_Part = tuple[str, Sequence[str]]


def case_text(made: CaseExport, vocabulary: Vocabulary) -> str:
    """What the case's page shows, the name left out as it is there."""
    parts = [_beginning(made), *_parts(made.view, vocabulary)]
    drawn = ("\n".join([title, "-" * len(title), *lines]) for title, lines in parts)
    return "\n\n".join(drawn) + "\n"


def _beginning(made: CaseExport) -> _Part:
    title = _("Case %(reference)s", reference=made.view.summary.reference)
    saved = _("Saved by %(name)s on %(day)s.", name=made.by_name, day=day(made.on))
    what_for = str(export_purpose_words(made.purpose))
    secret = _("Confidential. The name of the reporter is not in this copy.")
    return title, [secret, saved, _("What for: %(purpose)s", purpose=what_for)]


def _parts(view: CaseView, vocabulary: Vocabulary) -> Iterator[_Part]:
    said = telling.answers_in_words(view, vocabulary)
    yield _("How it stands"), list(_standing(view, vocabulary))
    yield _("What they would like to happen"), [str(view.answers.get("wishes", ""))]
    yield _("What they told us"), [str(view.answers.get("concern", ""))]
    yield _("What they were asked"), [f"{one.question}: {one.answer}" for one in said]
    yield (
        _("Conversation"),
        [f"{one['who']}, {one['when']}:\n{one['text']}\n" for one in telling.thread(view.messages)],
    )
    yield _("Files"), [f"{one.title}: {one.about}" for one in file_lines(view)]
    yield (
        _("What we promised them, in the words they read"),
        _dated(telling.promises(view.promises)),
    )
    yield _("What has happened"), _dated(telling.timeline(view.summary.timeline))


def _standing(view: CaseView, vocabulary: Vocabulary) -> Iterator[str]:
    case = view.summary
    facts = {
        _("Team"): case.queue_name,
        _("Status"): status_name(case.status),
        _("Risk"): risk_words(case.risk),
        _("Received"): day(case.received_on),
        _("Acknowledged"): day(case.acknowledged_on) if case.acknowledged_on else _("Not yet"),
        _("Closed"): day(case.closed_on) if case.closed_on else _("Not yet"),
        _("Outcome"): outcome_words(view.outcome) if view.outcome else "",
        _("Themes"): ", ".join(telling.theme_labels(view.themes, vocabulary)),
        _("Contact person"): case.contact_name or _("Nobody yet"),
        _("Holders"): ", ".join(case.holders),
    }
    return (f"{name}: {said}" for name, said in facts.items() if said)


def _dated(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{one['when']}: {one['text']}" for one in lines]
