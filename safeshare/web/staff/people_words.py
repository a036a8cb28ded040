"""Words for what the pages of queues and people say: reasons, proposals, routing rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from safeshare.concerns.rules import RoutingRule, stored_condition
from safeshare.concerns.service.proposals import ProposalShown
from safeshare.concerns.service.queue_settings import QueueRow
from safeshare.people.models import ProposalKind
from safeshare.web.shared.i18n import day, ngettext
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.shared.i18n import lazy_gettext as lazy


@dataclass(frozen=True, slots=True)
class RouteNames:
    """What the codes in routing rules are called: the queues, and the groups of themes."""

    queues: Mapping[str, str]
    groups: Mapping[str, str]


def reason_words(code: str) -> str:
    """Why something was refused, and how to mend it."""
    words = {
        "date_is_past": _("Choose a day that is not over"),
        "ends_before_it_begins": _("The last day must not be before the first"),
        "holders_out_of_range": _("Enter a number from 2 to 9"),
        "may_not_be_on_call": _(
            "Choose somebody who is a member of the queue, trained for danger, and not away"
        ),
        "may_not_hold": _(
            "This colleague cannot be given it, which proves nothing about them. Choose somebody "
            "else"
        ),
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
        some = ngettext(
            "%(num)d person can be given its concerns today.",
            "%(num)d people can be given its concerns today.",
            queue.eligible,
        )
        so = _(
            "Two of them or more are kept out of each concern for good, some by lot, so that "
            "nobody can work out whom a reporter keeps out."
        )
        return f"{some} {so}"
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


def proposal_lines(
    shown: ProposalShown, queues: Mapping[object, str], names: RouteNames
) -> Sequence[tuple[str, str]]:
    """Everything that a proposal would change, a line each: what, and what it would be. Nothing of
    one that is not as it was signed.
    """
    content = shown.content
    if not shown.is_signed:
        return ()
    if shown.kind is ProposalKind.ROTA:
        return (
            (_("On call"), shown.names.get(str(content["staff_id"]), "")),
            (_("First day"), day(date.fromisoformat(str(content["from_on"])))),
            (_("Last day"), day(date.fromisoformat(str(content["until_on"])))),
        )
    if shown.kind is ProposalKind.QUEUE:
        by_id = {str(one): name for one, name in queues.items()}
        seen = _("Names and job titles") if content["shows_names"] else _("Job titles alone")
        return (
            (_("Name"), str(content["name"])),
            (_("People given each concern"), str(content["holders_wanted"])),
            (_("Steps in for it"), by_id.get(str(content["reserve_id"]), str(_("No queue")))),
            (_("Reporters see"), str(seen)),
        )
    return [
        (str(_("Rule %(number)d", number=number)), _rule(rule["when"], str(rule["queue"]), names))
        for number, rule in enumerate(content["rules"], start=1)
    ]


def rule_words(rule: RoutingRule, names: RouteNames) -> str:
    """When a routing rule fits, and where it leads."""
    return _rule(stored_condition(rule), rule.queue, names)


def _rule(when: Mapping[str, str], code: str, names: RouteNames) -> str:
    queue = names.queues.get(code, code)
    if not when:
        return str(_("Everything else goes to %(queue)s", queue=queue))
    fits = str(_(" and ")).join(_condition(asked, when[asked], names) for asked in sorted(when))
    return str(_("If %(fits)s, it goes to %(queue)s", fits=fits, queue=queue))


def _condition(asked: str, answers: str, names: RouteNames) -> str:
    called = {
        "about": _PEOPLE,
        "at_risk": _AT_RISK,
        "category": {code: f"“{label}”" for code, label in names.groups.items()},
        "danger": _DANGER,
        "handle_by": names.queues,
    }.get(asked, {})
    said = str(_(" or ")).join(str(called.get(one, one)) for one in answers.split())
    return str(_CONDITIONS[asked]) % {"said": said}


_CONDITIONS: Mapping[str, object] = {
    "about": lazy("it is about %(said)s"),
    "at_risk": lazy("%(said)s may be at risk"),
    "category": lazy("it is mostly about %(said)s"),
    "danger": lazy("%(said)s"),
    "handle_by": lazy("the reporter asked for %(said)s"),
}
_PEOPLE: Mapping[str, object] = {
    "hr": lazy("somebody in Human Resources"),
    "safeguarding": lazy("somebody in Safeguarding"),
    "professional_standards": lazy("somebody in Professional Standards"),
    "administrator": lazy("an administrator"),
    "chief_officer": lazy("a chief officer"),
}
_DANGER: Mapping[str, object] = {
    "yes": lazy("somebody is in danger"),
    "no": lazy("nobody is in danger"),
}
_AT_RISK: Mapping[str, object] = {
    "child": lazy("a child"),
    "adult": lazy("an adult who needs care or support"),
}
