"""The access history in plain words: by role, and by name only where the team shows its names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from safeshare.casework.rules import ExportPurpose, RecoveryPurpose
from safeshare.mailbox.service.history import AccessLine, Purpose, ReaderNow, Who
from safeshare.web.shared.i18n import day, gettext
from safeshare.web.shared.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Day:
    """One day, and what was done on it."""

    when: str
    lines: tuple[str, ...]


def access_lines(lines: Sequence[AccessLine]) -> list[Day]:
    """The days of a page, the newest first; the same words stand once a day."""
    return [
        Day(day(on), tuple(dict.fromkeys(access_words(one) for one in found)))
        for on, found in groupby(lines, key=_on)
    ]


def access_words(line: AccessLine) -> str:
    """One line: who did what, and what for where they had to say."""
    words = _OWN.get(line.purpose, _WORDS[line.purpose]) if line.is_own else _WORDS[line.purpose]
    said = str(words) % _people(line)
    return f"{said}: {_CAUSES[line.cause]}" if line.cause in _CAUSES else said


def reader_words(reader: ReaderNow) -> str:
    """Somebody who can read it now, and whether they keep the name."""
    who = reader.who
    said = _named(who) if who.name else _title(who)
    if reader.keeps_name:
        return str(gettext("%(who)s, who can also open your name, if you gave one", who=said))
    return said


def _on(line: AccessLine) -> date:
    return line.on


def _people(line: AccessLine) -> Mapping[str, str]:
    return {"who": _at_the_start(line.actor), "whom": _within(line.subject)}


def _at_the_start(who: Who | None) -> str:
    """Somebody as the beginning of a line."""
    if who is None:
        return str(gettext("The service"))
    if who.name:
        return f"{_named(who)},"
    return _title(who)


def _title(who: Who) -> str:
    """What somebody does, with a capital letter."""
    if who.are_officers:
        return str(gettext("Recovery officers together"))
    if who.oversees:
        return str(gettext("An overseer"))
    if who.queue is not None:
        return str(gettext("A member of the team %(team)s", team=who.queue))
    return str(gettext("A member of staff"))


def _within(who: Who | None) -> str:
    """Somebody at the end of a line."""
    if who is None:
        return str(gettext("somebody who is no longer here"))
    return _named(who) if who.name else _role(who)


def _named(who: Who) -> str:
    return str(gettext("%(name)s, %(role)s", name=who.name, role=_role(who)))


def _role(who: Who) -> str:
    if who.oversees:
        return str(gettext("an overseer"))
    if who.queue is not None:
        return str(gettext("a member of the team %(team)s", team=who.queue))
    return str(gettext("a member of staff"))


_OWN: Mapping[Purpose, object] = {
    Purpose.CODE_USED: _("Your messages were opened with your access code"),
    Purpose.GIVEN: _("At your request it was given to: %(whom)s"),
    Purpose.LOST: _("At your request this person can read it no longer: %(whom)s"),
}

_WORDS: Mapping[Purpose, object] = {
    Purpose.ANSWERED: _("You answered a question that only you can decide"),
    Purpose.ASKED_NAME: _("%(who)s asked to see your name, or to pass it on"),
    Purpose.CODE_USED: _("Your messages were opened"),
    Purpose.EXPORTED: _("%(who)s saved it as a file, without your name"),
    Purpose.FILE_OPENED: _("%(who)s opened a file that you sent"),
    Purpose.GIVEN: _("It was given to: %(whom)s"),
    Purpose.LOST: _("This person can read it no longer: %(whom)s"),
    Purpose.NAME_AGREED: _("%(who)s agreed to a request for your name"),
    Purpose.NAME_DECLINED: _("%(who)s said no to a request for your name"),
    Purpose.NAME_EXPIRED: _("A question or a request about your name lapsed: nobody decided"),
    Purpose.NAME_GIVEN: _("%(who)s gave the key of your name, if you gave one, to: %(whom)s"),
    Purpose.NAME_PASSED_ON: _("%(who)s passed your name on outside the team"),
    Purpose.NAME_READ: _("%(who)s looked at your name and how to reach you"),
    Purpose.NAME_REASON_READ: _("%(who)s read why somebody asks for your name"),
    Purpose.NAME_WITHDRAWN: _("%(who)s took back a request for your name"),
    Purpose.ORIGINAL_OPENED: _("%(who)s opened a file as you sent it, with what is hidden in it"),
    Purpose.PASSED_ON: _("%(who)s passed it on to another team"),
    Purpose.PUT_OFF: _(
        "%(who)s agreed to a later date for telling you what we found, and told you why"
    ),
    Purpose.READ: _("%(who)s opened it"),
    Purpose.READ_NAMES: _("%(who)s saw the names and places in it, to say whether they have a tie"),
    Purpose.RECOVERED: _("%(who)s gave it to other people"),
    Purpose.REFUSED: _("%(who)s asked for something that they may not do, and was refused"),
    Purpose.TOOK: _("%(who)s became your contact person"),
    Purpose.TURNED_AWAY: _("You asked for somebody else, or for the overseer"),
    Purpose.WORKED: _("%(who)s worked on it"),
    Purpose.WROTE: _("%(who)s wrote to you"),
}

_CAUSES: Mapping[str, object] = {
    RecoveryPurpose.NOBODY_LEFT: _("nobody was left who could open it"),
    RecoveryPurpose.REPORTER_ASKED: _("you asked for it"),
    RecoveryPurpose.HOLDERS_ASKED: _("the people who had it asked for it"),
    RecoveryPurpose.SAFETY: _("to keep somebody safe"),
    RecoveryPurpose.LAW: _("the law demands it"),
    ExportPurpose.HEARING: _("for a hearing or an investigation"),
    ExportPurpose.COURT: _("a court or the law demands it"),
    ExportPurpose.AUTHORITY: _("for the police, a regulator or a safeguarding partner"),
    ExportPurpose.FOR_REPORTER: _("you asked for a copy"),
}
