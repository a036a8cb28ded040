"""The app of handlers, supervisors, leaders and everybody else who signs in."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for

from safeshare.kernel.actors import Role
from safeshare.web.shared.errors import keep_what_was_typed
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.shared.i18n import page_language
from safeshare.web.shared.uploads import receive_files
from safeshare.web.shared.words import outcome_words, risk_words, status_name, status_words
from safeshare.web.staff.account import account
from safeshare.web.staff.accounts import accounts
from safeshare.web.staff.alarms import alarms
from safeshare.web.staff.cases import cases
from safeshare.web.staff.confirming import confirming
from safeshare.web.staff.conversations import conversations
from safeshare.web.staff.door import door
from safeshare.web.staff.exporting import exporting
from safeshare.web.staff.extending import extending
from safeshare.web.staff.files import files
from safeshare.web.staff.guard import guard
from safeshare.web.staff.handing_over import handing_over
from safeshare.web.staff.handling import handling
from safeshare.web.staff.inviting import inviting
from safeshare.web.staff.joining import joining
from safeshare.web.staff.membership import membership
from safeshare.web.staff.naming import naming
from safeshare.web.staff.new_keys import new_keys
from safeshare.web.staff.other_ways import other_ways
from safeshare.web.staff.oversight import oversight
from safeshare.web.staff.queue import queue
from safeshare.web.staff.queues import queues
from safeshare.web.staff.signed_in import current_staff, is_signed_in, know_staff
from safeshare.web.staff.themes import themes
from safeshare.web.staff.triage import triage
from safeshare.web.staff.unsent import typed, unsent
from safeshare.wiring import System

_BLUEPRINTS = (
    door,
    naming,
    triage,
    queue,
    cases,
    handling,
    extending,
    unsent,
    themes,
    conversations,
    alarms,
    files,
    exporting,
    oversight,
    account,
    accounts,
    confirming,
    inviting,
    joining,
    other_ways,
    membership,
    queues,
    handing_over,
    new_keys,
)
_HANDLERS = frozenset({Role.HANDLER, Role.SUPERVISOR})
_WATCHING = _HANDLERS | {Role.OVERSEER}

_PAGES = (
    (_WATCHING, "conversations.listed", _("Asked for you")),
    (_WATCHING | {Role.ADMINISTRATOR}, "alarms.show", _("Alarms")),
    ({Role.OVERSEER}, "naming.approvals", _("Name requests")),
    ({Role.LEADER}, "themes.show", _("Themes")),
    ({Role.ADMINISTRATOR}, "accounts.show_all", _("Accounts")),
    ({Role.ADMINISTRATOR, Role.OVERSEER, Role.SUPERVISOR}, "queues.show_all", _("Queues")),
)
_ABOUT_THE_SERVICE = (
    ({Role.OVERSEER}, "oversight.review", _("Weekly review")),
    ({Role.OVERSEER, Role.LEADER, Role.INSPECTOR}, "oversight.caseload", _("Caseload")),
    ({Role.ADMINISTRATOR, Role.INSPECTOR}, "oversight.accounts", _("Ledger of accounts")),
    ({Role.INSPECTOR}, "oversight.evidence", _("Evidence")),
)
"""Which pages the navigation offers to whom, as the policy has it."""


def register(app: Flask, system: System) -> None:
    """Add every page of the staff app to `app`."""
    receive_files(app)
    know_staff(app, system)
    guard(app, system)
    keep_what_was_typed(app, typed)
    app.context_processor(_of_every_page)
    app.jinja_env.globals |= {
        "outcome_words": outcome_words,
        "risk_words": risk_words,
        "status_name": status_name,
        "status_words": status_words,
    }
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)


def _of_every_page() -> dict[str, Any]:
    if not is_signed_in():
        return {"signed_in": None, "navigation": ()}
    staff = current_staff()
    return {"signed_in": staff, "navigation": _navigation(staff.roles)}


def _navigation(roles: frozenset[Role]) -> list[dict[str, Any]]:
    items = _items(roles, request.root_path, page_language())
    return [item | {"active": request.endpoint == endpoint} for endpoint, item in items.items()]


@lru_cache(maxsize=256)
def _items(roles: frozenset[Role], _mount: str, _language: str) -> Mapping[str, dict[str, Any]]:
    """What the navigation offers, by endpoint: the same on every page for whoever has these roles,
    where the app is mounted there and speaks this language.
    """
    offered = []
    if roles & _HANDLERS:
        offered += [("queue.home", _("Your queue")), ("unsent.show_unsent", _("Unsent forms"))]
    elif Role.LEADER not in roles:
        offered.append(("queue.home", _("Start")))
    offered += [(endpoint, text) for who, endpoint, text in _PAGES if roles & who]
    offered.append(("account.show", _("Your account")))
    offered += [(endpoint, text) for who, endpoint, text in _ABOUT_THE_SERVICE if roles & who]
    return {one: {"text": str(text), "href": url_for(one)} for one, text in offered}
