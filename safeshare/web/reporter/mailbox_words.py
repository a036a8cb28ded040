"""What the mailbox says: automatic updates, promises and events in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from safeshare.concerns.models import CaseEventKind
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.reading import (
    EventShown,
    Mailbox,
    MessageShown,
    PromiseShown,
    UpdateShown,
)
from safeshare.updates.rules import PromiseKind, PromiseState
from safeshare.web.shared.i18n import day, gettext
from safeshare.web.shared.i18n import lazy_gettext as lazy
from safeshare.web.shared.words import promise_words, status_words


def _(words: str, **values: str) -> str:
    return str(gettext(words, **values))


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the conversation, in the shape of the shared `thread` macro."""

    mine: bool
    who: str
    when: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline, in the shape of the shared `timeline` macro."""

    when: str
    text: str
    state: str = ""
    tag: str = ""
    tag_class: str = ""


@dataclass(frozen=True, slots=True)
class Promises:
    """What is open or was missed, and what is settled."""

    watched: Sequence[Line]
    settled: Sequence[Line]


def conversation(mailbox: Mailbox) -> list[Said]:
    """Messages and what the machine says in one order: by date, people before the machine."""
    entries: list[tuple[date, Said]] = [(one.on, _message(one)) for one in mailbox.messages]
    entries += [(one.on, _update(one)) for one in mailbox.updates]
    entries += _later_date(mailbox)
    return [said for _on, said in sorted(entries, key=lambda entry: entry[0])]


def promises(mailbox: Mailbox) -> Promises:
    """The promises, misses first among equals: nothing that we owe stands below what we did."""
    watched = [one for one in mailbox.promises if _is_watched(one)]
    watched.sort(key=lambda one: (not one.is_overdue, one.due_on))
    settled = [one for one in mailbox.promises if not _is_watched(one)]
    return Promises([_promise(one) for one in watched], [_promise(one) for one in settled])


def history(mailbox: Mailbox) -> list[Line]:
    """What the people who handle it did, by day."""
    return [Line(day(one.on), _event(one)) for one in mailbox.events]


def _is_watched(promise: PromiseShown) -> bool:
    return promise.is_overdue or promise.missed_on is not None or _is_pending(promise)


def _is_pending(promise: PromiseShown) -> bool:
    return promise.state in {PromiseState.PENDING, PromiseState.MISSED}


def _promise(promise: PromiseShown) -> Line:
    due, words = day(promise.due_on), promise_words(promise.kind)
    if promise.is_overdue:
        when = _("Promised for %(day)s", day=due)
        text = _("%(promise)s. This has not happened yet. We are sorry.", promise=words)
        return Line(when, text, "missed", _("Missed"), "govuk-tag--red")
    if promise.state is PromiseState.EXTENDED:
        return _put_off(promise, due, words)
    if promise.state is PromiseState.CANCELLED:
        return Line(_("Was due by %(day)s", day=due), words, "", _("No longer needed"))
    if promise.state is PromiseState.KEPT:
        return _kept(promise, due, words)
    return Line(_("By %(day)s", day=due), words, "due", _("Due"), "govuk-tag--blue")


def _kept(promise: PromiseShown, due: str, words: str) -> Line:
    done = day(promise.kept_on) if promise.kept_on else due
    if promise.missed_on is None:
        return Line(_("On %(day)s", day=done), words, "kept", _("Kept"), "govuk-tag--green")
    when = _("Promised for %(due)s, done on %(day)s", due=due, day=done)
    return Line(when, words, "missed", _("Late"), "govuk-tag--red")


def _put_off(promise: PromiseShown, due: str, words: str) -> Line:
    """A promise in whose place a later date came. That it was missed before stays to be seen."""
    when, tag = _("Was promised for %(day)s", day=due), _("Later date")
    if promise.missed_on is None:
        return Line(when, words, "", tag, "govuk-tag--grey")
    text = _("%(promise)s. We missed this, and then set a later date.", promise=words)
    return Line(when, text, "missed", _("Missed"), "govuk-tag--red")


def _message(message: MessageShown) -> Said:
    is_mine = message.author is Author.PARTY
    who = _("You") if is_mine else message.author_name or _their_name(message.author)
    return Said(is_mine, who, day(message.on), message.text)


def _their_name(author: Author) -> str:
    if author is Author.OFFICERS:
        return _("Recovery officers")
    return _("The people handling this")


def _later_date(mailbox: Mailbox) -> list[tuple[date, Said]]:
    """That the feedback was put off, and to when, below the message that says why."""
    put_off = next((one for one in mailbox.promises if one.state is PromiseState.EXTENDED), None)
    agreed = next(
        (one for one in mailbox.events if one.kind is CaseEventKind.FEEDBACK_EXTENDED), None
    )
    if put_off is None or agreed is None:
        return []
    until = max(one.due_on for one in mailbox.promises if one.kind is put_off.kind)
    words = _(
        "We promised to tell you by %(first)s what we found and did. It will take longer: we now "
        "promise it by %(until)s at the latest. Two people agreed on this, and the message above "
        "from the same day says why. The date cannot be put off again.",
        first=day(put_off.due_on),
        until=day(until),
    )
    return [(agreed.on, Said(False, _("Automatic update"), day(agreed.on), words))]


def _update(update: UpdateShown) -> Said:
    return Said(False, _("Automatic update"), day(update.on), _update_words(update.kind))


def _update_words(kind: PromiseKind) -> str:
    if kind in _ASKING_ABOUT_HARM:
        return _(
            "Has anything bad happened to you because you spoke up? For example: being left out, "
            "threatened, moved, given worse shifts or passed over. If so, or if you are afraid "
            "that it may, tell us here. It will be taken seriously."
        )
    return str(_UPDATE_WORDS.get(kind, _OF_A_CHECK_IN))


_UPDATE_WORDS: Mapping[PromiseKind, object] = {
    PromiseKind.RECEIPT: lazy("We have what you sent. It is in the hands of the people shown."),
    PromiseKind.REPLY: lazy(
        "We promised that a person would reply by today. Nobody has yet, and we are sorry. "
        "The overseer of your case can see this. Nothing that you wrote is lost, and you need "
        "not do anything."
    ),
    PromiseKind.REPLY_AT_LATEST: lazy(
        "We promised a reply within 7 days at the latest, and nobody has written to you. That "
        "is not good enough. The overseer of your case can see this. You can write again here, "
        "or use another way to report: see Support at the foot of this page."
    ),
    PromiseKind.UPDATE: lazy(
        "We promised you an update by today, and nobody has written one. This message is "
        "automatic. Your case is still open, and the overseer can see that an update is owed."
    ),
    PromiseKind.FEEDBACK: lazy(
        "We promised to tell you by today what we found and did. Nobody has yet, and we are "
        "sorry. The overseer of your case can see this."
    ),
    PromiseKind.SURVEY: lazy(
        "Your case has been closed. How was it for you? Tell us here what was good, what was "
        "not, and whether you would speak up again. You do not have to."
    ),
}
_OF_A_CHECK_IN = lazy(
    "Is the support that you have the right support? Tell us here if you need something else, or "
    "if it stopped. You do not have to answer."
)
_ASKING_ABOUT_HARM = frozenset(
    {
        PromiseKind.DETRIMENT_30_DAYS,
        PromiseKind.DETRIMENT_90_DAYS,
        PromiseKind.DETRIMENT_180_DAYS,
    }
)


def _event(event: EventShown) -> str:
    if event.kind is CaseEventKind.STATUS_CHANGED and event.status is not None:
        return status_words(event.status)
    return str(_EVENT_WORDS.get(event.kind) or _("Something was changed."))


_EVENT_WORDS: Mapping[CaseEventKind, object] = {
    CaseEventKind.RECEIVED: lazy("We received what you sent."),
    CaseEventKind.OPENED: lazy("One of the people who can read it opened it."),
    CaseEventKind.TAKEN: lazy("One person became your contact."),
    CaseEventKind.ACKNOWLEDGED: lazy("A person confirmed that they have read it."),
    CaseEventKind.CLOSED: lazy("Your case was closed."),
    CaseEventKind.REROUTED: lazy("Another team took it over."),
    CaseEventKind.RECOVERED: lazy(
        "Recovery officers gave new people the key to your case. They wrote why, above."
    ),
    CaseEventKind.SOMEBODY_ELSE_ASKED: lazy("You asked for somebody else, and got a new person."),
    CaseEventKind.ESCALATED: lazy("You asked the overseer to look."),
    CaseEventKind.OVERSEER_CHANGED: lazy("Somebody else oversees your case now."),
    CaseEventKind.FEEDBACK_EXTENDED: lazy(
        "Two people agreed on a later date for telling you what we found and did."
    ),
}
