"""Words for what the pages of queues and people say: reasons, proposals, routing rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from safeshare.concerns.rules import RoutingRule, stored_condition
from safeshare.concerns.service.proposals import ProposalShown
from safeshare.concerns.service.queue_settings import QueueRow
from safeshare.people.models import ProposalKind


def reason_words(code: str) -> str:
    """Why something was refused, and how to mend it."""
    words = {
        "date_is_past": _("Choose a day that is not over"),
        "ends_before_it_begins": _("The last day must not be before the first"),
        "holders_out_of_range": _("Enter a number from 2 to 9"),
        "may_not_be_on_call": _(
            "Choose somebody who is a member of the queue, trained for danger, and not away"
        ),
        "may_not_hold": _("This colleague cannot be given it. Choose somebody else"),
        "name_missing": _("Enter a name"),
        "no_such_person": _("Nobody has this sign-in name. Check it on their account"),
        "queue_without_role": _(
            "Their role does not work cases. An administrator can propose another role first"
        ),
        "reason_missing": _("Say why they need it"),
        "reserve_circular": _("Choose another queue: these would pass concerns round in a circle"),
        "routing_leads_nowhere": _(
            "Choose another place or queue: the last rule takes everything that is left, and must "
            "lead to a queue that a concern is never about"
        ),
        "too_far_ahead": _("Choose days within a year"),
        "too_long": _("Use 1,000 characters or fewer"),
        "turn_too_long": _("A turn lasts at most 92 days"),
    }
    return str(words.get(code, _("Check what you entered")))


def hiding_words(queue: QueueRow) -> str:
    """What the tables tell of a queue with so many available members (blueprint section 4)."""
    if queue.hides:
        return str(
            ngettext(
                "%(num)d person can be given its concerns today.",
                "%(num)d people can be given its concerns today.",
                queue.eligible,
            )
        )
    many = ngettext(
        "Only %(num)d person can be given its concerns today.",
        "Only %(num)d people can be given its concerns today.",
        queue.eligible,
    )
    why = _(
        "With fewer than four, SafeShare cannot hide who was left out of a case: whoever reads the "
        "database, or a stolen copy of it, can work it out. Let more people join, or let a larger "
        "queue take its concerns."
    )
    return f"{many} {why}"


def proposal_title(shown: ProposalShown, queues: Mapping[object, str]) -> str:
    """What a proposal is about, as a heading."""
    if shown.kind is ProposalKind.ROUTING:
        return str(_("Where concerns are routed"))
    name = queues.get(shown.queue_id, "")
    if shown.kind is ProposalKind.ROTA:
        return str(_("A turn on call for %(queue)s", queue=name))
    return str(_("Settings of %(queue)s", queue=name))


def proposal_lines(shown: ProposalShown, queues: Mapping[object, str]) -> Sequence[tuple[str, str]]:
    """Everything that a proposal would change, a line each: what, and what it would be."""
    content = shown.content
    if shown.kind is ProposalKind.ROTA:
        return (
            (_("On call"), shown.names.get(str(content["staff_id"]), "")),
            (_("First day"), str(content["from_on"])),
            (_("Last day"), str(content["until_on"])),
        )
    if shown.kind is ProposalKind.QUEUE:
        by_id = {str(one): name for one, name in queues.items()}
        names = _("Names and job titles") if content["shows_names"] else _("Job titles alone")
        return (
            (_("Name"), str(content["name"])),
            (_("People given each concern"), str(content["holders_wanted"])),
            (_("Steps in for it"), by_id.get(str(content["reserve_id"]), str(_("No queue")))),
            (_("Reporters see"), str(names)),
        )
    return [
        (str(_("Rule %(number)d", number=number)), _stored(rule))
        for number, rule in enumerate(content["rules"], start=1)
    ]


def rule_words(rule: RoutingRule) -> str:
    """When a routing rule fits, and where it leads."""
    return _rule(stored_condition(rule), rule.queue)


def _stored(rule: Mapping[str, Any]) -> str:
    return _rule(rule["when"], str(rule["queue"]))


def _rule(when: Mapping[str, str], queue: str) -> str:
    asked = {
        "about": _("it is about"),
        "at_risk": _("at risk is"),
        "category": _("it is a matter of"),
        "danger": _("somebody is in danger:"),
        "handle_by": _("the reporter asked for"),
    }
    conditions = [
        f"{asked.get(name, name)} {_either(answers)}" for name, answers in sorted(when.items())
    ]
    if not conditions:
        return str(_("Everything else goes to %(queue)s", queue=_plain(queue)))
    fits = str(_(" and ")).join(conditions)
    return str(_("If %(fits)s, it goes to %(queue)s", fits=fits, queue=_plain(queue)))


def _either(answers: str) -> str:
    return str(_(" or ")).join(_plain(one) for one in answers.split())


def _plain(code: str) -> str:
    return code.replace("_", " ")
