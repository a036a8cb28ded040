"""Triage: the risk, consent to look into it, decisions that take two, and passing a case on."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.rules import Harm, Likelihood, Override, Proposed, SafetyStep
from safeshare.casework.service.endorsing import (
    EndorseDecision,
    ProposalShown,
    ProposeDecision,
    ReadProposal,
    endorse_decision,
    propose_decision,
    read_proposal,
)
from safeshare.casework.service.rerouting import (
    ReadQueues,
    RerouteCase,
    read_queues,
    reroute_case,
)
from safeshare.casework.service.triage import (
    AskToLookInto,
    JudgeRisk,
    ReadTriage,
    Triage,
    ask_to_look_into,
    judge_risk,
    read_triage,
)
from safeshare.kernel.errors import NobodyEligibleError
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff import deciding_words
from safeshare.web.staff.answering import (
    ask,
    carried_out,
    decided,
    filled,
    is_sent,
    page,
    show_as_it_stands,
)
from safeshare.web.staff.deciding_forms import (
    ConsentForm,
    EndorseForm,
    PassOnForm,
    ProposeForm,
    RiskForm,
)

triage = Blueprint("triage", __name__, template_folder="templates", url_prefix="/cases")

_BOTH = ("GET", "POST")


@triage.get("/<reference>/triage")
@serves(read_triage)
def show(reference: str) -> ResponseReturnValue:
    """Where the triage stands."""
    found = ask(read_triage, ReadTriage(reference))
    labels = {one.code: one.label for one in found.categories}
    return render_template(
        "staff/triage.html",
        found=found,
        case=found.summary,
        words=deciding_words,
        category=labels.get(found.risk.category, ""),
    )


@triage.route("/<reference>/risk", methods=_BOTH)
@serves(read_triage, judge_risk)
def risk(reference: str) -> ResponseReturnValue:
    """Judge the risk."""
    found = ask(read_triage, ReadTriage(reference))
    form = filled(RiskForm, **_judged_before(found))
    form.category.choices = [("", _("Not sure yet"))] + [
        (one.code, one.label) for one in found.categories
    ]
    if is_sent(form) and carried_out(form, judge_risk, _judgement(reference, form)):
        return _back(reference, _("You judged the risk."))
    return page("staff/risk.html", form, found=found, case=found.summary)


@triage.route("/<reference>/consent", methods=_BOTH)
@serves(read_triage, ask_to_look_into)
def consent(reference: str) -> ResponseReturnValue:
    """Ask whether we may look into it."""
    form = filled(ConsentForm)
    command = AskToLookInto(reference, form.text.data or "")
    if is_sent(form) and carried_out(form, ask_to_look_into, command):
        return _back(reference, _("Your question waits for the reporter."))
    found = ask(read_triage, ReadTriage(reference))
    return page("staff/consent.html", form, found=found, case=found.summary)


@triage.route("/<reference>/decision", methods=_BOTH)
@serves(read_proposal, propose_decision)
def propose(reference: str) -> ResponseReturnValue:
    """Propose what nobody may decide alone."""
    found = ask(read_proposal, ReadProposal(reference))
    form = filled(ProposeForm)
    form.what.choices = _what_can_be_proposed(found)
    if is_sent(form):
        command = ProposeDecision(reference, Proposed(form.what.data), form.text.data)
        if carried_out(form, propose_decision, command):
            return _back(reference, _("Your proposal waits for a supervisor."))
    return page("staff/proposal.html", form, found=found, case=found.summary, words=deciding_words)


@triage.route("/<reference>/decision/endorse", methods=_BOTH)
@serves(read_proposal, endorse_decision)
def endorse(reference: str) -> ResponseReturnValue:
    """A supervisor's word on a proposal."""
    form = filled(EndorseForm)
    if is_sent(form):
        command = EndorseDecision(reference, form.seen.data, form.decision.data == "yes")
        if decided(form, endorse_decision, command):
            return _back(reference, _("Your decision was written down."))
    found = ask(read_proposal, ReadProposal(reference))
    show_as_it_stands(form, found.seen, may_decide=found.may_decide)
    return page("staff/endorse.html", form, found=found, case=found.summary, words=deciding_words)


@triage.route("/<reference>/pass-on", methods=_BOTH)
@serves(read_queues, reroute_case)
def pass_on(reference: str) -> ResponseReturnValue:
    """Give the case to another team."""
    found = ask(read_queues, ReadQueues(reference))
    form = filled(PassOnForm, seen=found.summary.queue_name)
    form.queue.choices = list(found.queues)
    if is_sent(form) and _passed_on(form, reference):
        flash(_("The case was passed on."))
        return redirect(url_for("queue.home"), 303)
    return page("staff/pass_on.html", form, found=found, case=found.summary)


def _passed_on(form: PassOnForm, reference: str) -> bool:
    keeps, reason = form.keeps.data == "yes", form.text.data
    command = RerouteCase(reference, form.seen.data, form.queue.data, keeps, reason)
    try:
        return carried_out(form, reroute_case, command)
    except NobodyEligibleError:
        form.queue.errors = [_("Nobody in this team can be given it now. Choose another team")]
        return False


def _judgement(reference: str, form: RiskForm) -> JudgeRisk:
    return JudgeRisk(
        reference,
        harm=Harm(int(form.harm.data)),
        likelihood=Likelihood(int(form.likelihood.data)),
        overrides=frozenset(Override(one) for one in form.overrides.data),
        steps=frozenset(SafetyStep(one) for one in form.steps.data),
        category=form.category.data,
        reason=form.text.data,
    )


def _judged_before(found: Triage) -> dict[str, object]:
    before = found.risk
    return {
        "harm": str(before.harm or ""),
        "likelihood": str(before.likelihood or ""),
        "overrides": list(before.overrides),
        "steps": list(before.steps),
        "category": before.category,
        "text": before.reason,
    }


def _what_can_be_proposed(found: ProposalShown) -> list[object]:
    return [deciding_words.proposed_choice(one) for one in found.offered]


def _back(reference: str, said: str) -> ResponseReturnValue:
    """The page of the triage, saying what was done."""
    flash(said)
    return redirect(url_for("triage.show", reference=reference), 303)
