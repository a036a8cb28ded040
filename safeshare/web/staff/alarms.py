"""What needs somebody: cases that too few can open, and those whom a reporter waits for."""

from collections.abc import Mapping

from flask import Blueprint, render_template

from safeshare.casework.service.watching import read_alarms
from safeshare.concerns.rules import AlarmKind
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.staff.answering import ask

alarms = Blueprint("alarms", __name__, template_folder="templates")


@alarms.get("/alarms")
@serves(read_alarms)
def show() -> str:
    """The alarms that concern whoever is signed in."""
    found = ask(read_alarms, None)
    kinds = {one.kind for one in found.alarms}
    remedies = [remedy for kind, remedy in _REMEDIES.items() if kind in kinds]
    return render_template("staff/alarms.html", found=found, words=_WORDS, remedies=remedies)


_WORDS: Mapping[AlarmKind, object] = {
    AlarmKind.FEW_HOLDERS: _("Fewer than two people can open it now"),
    AlarmKind.FEW_KEEPERS: _("Fewer than two people have the key of the name now"),
    AlarmKind.UNOPENED: _("Nobody has opened it within a working day"),
    AlarmKind.CONTACT_ASKED: _("The reporter asked for a new contact person"),
    AlarmKind.ESCALATED: _("The reporter asked the overseer to look"),
    AlarmKind.WORK_ASKED: _("The new contact person asks for the notes"),
    AlarmKind.NO_OVERSEER: _("It has no overseer"),
}

_REMEDIES: Mapping[AlarmKind, object] = {
    AlarmKind.FEW_HOLDERS: _(
        "If only one person can open a case, that person can add somebody. If nobody can, the"
        " recovery officers have to come together."
    ),
    AlarmKind.FEW_KEEPERS: _(
        "Every case has a key of the name, even if the reporter gave no name. If only one person"
        " still has it, another holder gets it when that person next opens the case. Somebody who"
        " is away, or works for no team now, still has theirs, and it counts again when they are"
        " back. If they work for no team now, or have not said until when they are away, a keeper"
        " can hand their key to another holder: on the page of the case, under “About the name”."
        " Overseers have no key: ask a keeper to do it. If nobody has the key and it is needed, the"
        " recovery officers can give it to somebody."
    ),
}
