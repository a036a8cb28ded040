"""The form on which a reporter keeps people out."""

from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from wtforms import SelectChoice

from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.rules.naming import Likeness
from safeshare.concerns.service.choice import Group, Part, Person, Tickable, WhoCanRead
from safeshare.web.reporter.draft import Draft
from safeshare.web.reporter.forms.base import Offering, StepForm
from safeshare.web.shared.form_fields import CheckboxesField, HiddenValuesField, choice
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _

T = TypeVar("T")

_MOST_KEPT = 500
"""Ticks that a draft keeps: more than any page offers."""

_DRAWN = "-"
"""Stands in `listed` even where nobody is: a page without people was drawn all the same."""


class ReadersForm(StepForm):
    """Who must not read it. `listed` are all people that the page offered when it was drawn, and
    `proposed` those whom it had ticked because of a name: so that what was not on the page stays as
    it was, and an unticked proposal is known from one that was never seen.
    """

    people = CheckboxesField(_("People"), validate_choice=False)
    jobs = CheckboxesField(
        _("People whose names are not shown"),
        description=_(
            "Their team shows jobs instead of names. Ticking a job keeps out everybody who does it."
        ),
        validate_choice=False,
    )
    teams = CheckboxesField(_("Whole teams"), validate_choice=False)
    places = CheckboxesField(
        _("Everybody who works at one place"),
        description=_("Only places where somebody works who could be given this."),
        validate_choice=False,
    )
    listed = HiddenValuesField()
    proposed = HiddenValuesField()

    def draw_up(self, offers: Offering, draft: Draft) -> WhoCanRead:
        """Offer everybody who could come to read it, and tick who is kept out now."""
        could_read = offers.who(draft)
        tickable = could_read.tickable
        self.people.choices = [_person(one) for one in tickable.people]
        self.jobs.choices = [_everybody_who_is(one) for one in tickable.jobs]
        self.teams.choices = [_everybody_in(one) for one in tickable.teams]
        self.places.choices = [_everybody_at(one) for one in tickable.places]
        people = tickable.people
        self.listed.drawn = (_DRAWN, *(str(one.staff_id) for one in people))
        self.proposed.drawn = tuple(str(one.staff_id) for one in people if one.named and one.is_out)
        if not self.was_posted:
            self._tick(tickable)
        return could_read

    def add_to(self, draft: Draft) -> Draft | None:
        """Keep the ticks of this page, and those that were not on it."""
        people, listed = _ids(self.people.data), _ids(self.listed.data)
        proposed = _ids(self.proposed.data)
        before = draft.ticked
        ticked = Ticked(
            people=_few((before.people - listed) | people),
            jobs=_few(self.jobs.data or ()),
            queues=_few(self.teams.data or ()),
            places=_few(_ids(self.places.data)),
            let_in=_few((before.let_in - people) | (proposed - people)),
        )
        return replace(draft, ticked=ticked)

    @property
    def was_posted(self) -> bool:
        """Whether this form was sent, rather than drawn for the first time."""
        return bool(self.listed.raw_data)

    def _tick(self, tickable: Tickable) -> None:
        self.people.data = [str(one.staff_id) for one in tickable.people if one.is_out]
        self.jobs.data = [one.code for one in tickable.jobs if one.is_out]
        self.teams.data = [one.code for one in tickable.teams if one.is_out]
        self.places.data = [one.code for one in tickable.places if one.is_out]


def names_kept_out(tickable: Tickable) -> list[str]:
    """Whom a draft keeps out, in words, for the page before sending."""
    choices = [
        *(_person(one) for one in tickable.people if one.is_out),
        *(_everybody_who_is(one) for one in tickable.jobs if one.is_out),
        *(_everybody_in(one) for one in tickable.teams if one.is_out),
        *(_everybody_at(one) for one in tickable.places if one.is_out),
    ]
    return [str(one.label) for one in choices]


def _person(person: Person) -> SelectChoice:
    label = f"{person.reader.name}, {person.reader.job_title}"
    stands = _OUT if person.is_out else _PARTS.get(person.part)
    like = _LIKE[person.named] if person.is_out and person.named else None
    hints = (stands, like)
    return choice(str(person.staff_id), label, " ".join(str(one) for one in hints if one))


def _everybody_in(group: Group) -> SelectChoice:
    return choice(group.code, gettext("Everybody in %(team)s", team=group.name))


def _everybody_at(group: Group) -> SelectChoice:
    return choice(group.code, gettext("Everybody at %(place)s", place=group.name))


def _everybody_who_is(group: Group) -> SelectChoice:
    return choice(group.code, gettext("Everybody whose job is: %(job)s", job=group.name))


def _ids(written: Collection[str] | None) -> frozenset[UUID]:
    """Only what is an id: nobody types these."""
    found = set()
    for one in written or ():
        try:
            found.add(UUID(one))
        except ValueError:
            continue
    return frozenset(found)


def _few(values: Collection[T]) -> frozenset[T]:
    return frozenset(list(values)[:_MOST_KEPT])


_OUT = _("Kept out: gets no key to it, now or later.")
_PARTS = {
    Part.HOLDER: _("Would be able to read it as things stand."),
    Part.TEAM: _("In the team, and would not get it as things stand."),
    Part.OVERSEER: _("The overseer: sees dates, not your words."),
}
_LIKE = {
    Likeness.NUMBER: _("We ticked this because you gave this person's staff number."),
    Likeness.NAME: _("We ticked this because you gave this name."),
    Likeness.INITIALS: _("We ticked this because you gave this family name with an initial."),
    Likeness.TITLE: _("We ticked this because you gave this family name with a title or rank."),
    Likeness.SPELLING: _("We ticked this because you gave a name that is close to this one."),
}
