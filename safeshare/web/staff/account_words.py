"""The plain words of roles, states and sign-ins."""

from collections.abc import Iterable, Mapping

from safeshare.kernel.actors import Role
from safeshare.ledger.events import Event
from safeshare.people.models import StaffState
from safeshare.people.service.own_account import SignInSeen
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _

ROLE_WORDS: Mapping[Role, tuple[object, object]] = {
    Role.HANDLER: (
        _("Handler"),
        _("Works the cases that they are given. A supervisor or an overseer must approve it."),
    ),
    Role.SUPERVISOR: (
        _("Supervisor"),
        _(
            "Agrees to decisions, reviews, and approves who joins a queue. An overseer must "
            "approve it."
        ),
    ),
    Role.OVERSEER: (
        _("Overseer"),
        _("Watches over dates and breaches of cases. Another overseer must approve it."),
    ),
    Role.LEADER: (_("Leader"), _("Reads released themes, and never a case.")),
    Role.ADMINISTRATOR: (
        _("Administrator"),
        _("Looks after accounts and settings, and never reads a concern."),
    ),
    Role.INSPECTOR: (
        _("Inspector"),
        _("Reads evidence without names, until a last day that you set."),
    ),
}
"""The name of each role, and what it means."""


def role_names(roles: Iterable[Role]) -> list[str]:
    """The names of roles, in the order of the list of roles."""
    held = set(roles)
    return [str(ROLE_WORDS[role][0]) for role in Role if role in held]


def state_words(state: StaffState) -> str:
    """Whether an account may be used."""
    return str(gettext("Ended") if state is StaffState.LEFT else gettext("In use"))


_FACTORS: Mapping[str, object] = {
    "six_digits": _("six digits"),
    "backup_code": _("a backup code"),
    "passkey": _("a passkey"),
    "recovery_code": _("the recovery code"),
    "passphrase": _("the passphrase"),
    "backup_codes": _("the backup codes"),
}

_FAILURES: Mapping[str, object] = {
    "passphrase": _("The passphrase was wrong."),
    "second_factor": _(
        "Your passphrase was right, and the second factor was wrong. If it was not you, change "
        "your passphrase."
    ),
    "clock": _("The six digits belonged to another time: a clock is wrong by minutes."),
    "replayed": _("The six digits had been used before."),
    "slowed": _(
        "Your passphrase was right, and the digits came from a browser that never signed in, after "
        "many wrong tries. If it was not you, change your passphrase."
    ),
    "left": _("The account has ended."),
    "ended": _("The account’s last day has passed."),
}


def sign_in_words(seen: SignInSeen) -> str:
    """One line of the page of recent sign-ins."""
    factor = str(_FACTORS.get(seen.factor, ""))
    if seen.event is Event.PEOPLE_SIGNED_IN:
        where = gettext("in a new browser") if seen.is_new_browser else gettext("in a known one")
        return str(gettext("Signed in with %(factor)s, %(where)s.", factor=factor, where=where))
    if seen.event is Event.PEOPLE_CONFIRMED:
        return str(gettext("Proved again that it is you, with %(factor)s.", factor=factor))
    if seen.event is Event.PEOPLE_FACTOR_CHANGED:
        return str(gettext("Changed: %(factor)s.", factor=factor))
    if seen.event is Event.PEOPLE_SIGNED_OUT_EVERYWHERE:
        return str(gettext("Signed out everywhere."))
    return str(gettext("Refused. %(why)s", why=_FAILURES.get(seen.why, "")))
