"""The words of triage, and of what takes a second person."""

from collections.abc import Iterable, Mapping
from typing import Any

from safeshare.casework.rules import (
    ExportPurpose,
    Harm,
    Likelihood,
    Override,
    Proposed,
    Purpose,
    SafetyStep,
)
from safeshare.casework.service.keepers import Change
from safeshare.casework.service.name_page import RequestShown
from safeshare.mailbox.rules import RequestKind, RequestState
from safeshare.web.shared.form_fields import choice
from safeshare.web.shared.i18n import lazy_gettext as _

_EXPORT_PURPOSES: Mapping[ExportPurpose, object] = {
    ExportPurpose.HEARING: _("A hearing or an investigation"),
    ExportPurpose.COURT: _("A court or the law demands it"),
    ExportPurpose.AUTHORITY: _("The police, a regulator or a safeguarding partner"),
    ExportPurpose.FOR_REPORTER: _("The reporter asked for a copy"),
}

_PURPOSES: Mapping[Purpose, object] = {
    Purpose.LIFE: _("Somebody's life is at risk"),
    Purpose.AT_RISK: _("A child, or an adult at risk, may be harmed"),
    Purpose.CRIME: _("A serious crime"),
    Purpose.COURT: _("A court or the law requires it"),
}

_HARM: Mapping[Harm, tuple[object, object]] = {
    Harm.MINOR: (_("Minor"), _("Upsetting, and it passes")),
    Harm.MODERATE: (_("Moderate"), _("Wears somebody down, or makes work hard to bear")),
    Harm.SERIOUS: (_("Serious"), _("Injury, illness, loss of a job, or lasting distress")),
    Harm.SEVERE: (_("Severe"), _("Danger to life, sexual violence, or harm that cannot be undone")),
}

_LIKELIHOOD: Mapping[Likelihood, tuple[object, object]] = {
    Likelihood.UNLIKELY: (_("Unlikely"), _("It happened once, and what led to it is gone")),
    Likelihood.POSSIBLE: (_("Possible"), _("Nothing prevents it")),
    Likelihood.LIKELY: (_("Likely"), _("It has happened more than once")),
    Likelihood.NOW: (_("Happening now"), _("It goes on at this moment, or every day")),
}

_OVERRIDES: Mapping[Override, object] = {
    Override.LIFE: _("Somebody's life is in danger"),
    Override.CHILD: _("A child is at risk"),
    Override.ADULT: _("An adult who needs care or support is at risk"),
    Override.SEXUAL_ASSAULT: _("Sexual assault"),
    Override.COERCION: _("Somebody is being forced or controlled, and it goes on"),
    Override.RETALIATION: _("Somebody is being punished for speaking up"),
    Override.EVIDENCE: _("Evidence is being destroyed"),
}

_STEPS: Mapping[SafetyStep, object] = {
    SafetyStep.EMERGENCY_CALLED: _("The emergency services were called (999)"),
    SafetyStep.SAFEGUARDING_TOLD: _(
        "The council's children's services or adult social care were told"
    ),
    SafetyStep.REPORTER_ASKED: _("The reporter was asked whether they are safe"),
    SafetyStep.SAFE_CONTACT: _("A safe way to reach the reporter was agreed"),
    SafetyStep.PEOPLE_PARTED: _("The people concerned were kept apart, without blame"),
}

_PROPOSED: Mapping[Proposed, tuple[object, object]] = {
    Proposed.NO_CASE: (
        _("End it without further action"),
        _("There is nothing that we could look into."),
    ),
    Proposed.MALICIOUS: (
        _("Find that it was knowingly false"),
        _("Not for a mistake, and not for what cannot be shown either way."),
    ),
    Proposed.LOOK_INTO: (
        _("Look into it although they asked for support only"),
        _("Only where somebody may come to harm otherwise."),
    ),
    Proposed.LATER_DATE: (
        _("Tell the reporter later what we found"),
        _("For a reason that they read."),
    ),
}

_STATES: Mapping[RequestState, object] = {
    RequestState.WAITING: _("Waiting"),
    RequestState.AGREED: _("Agreed"),
    RequestState.GIVEN: _("Given"),
    RequestState.DECLINED: _("Declined"),
    RequestState.WITHDRAWN: _("Taken back"),
    RequestState.EXPIRED: _("Expired"),
}


def export_purpose_words(purpose: ExportPurpose) -> object:
    """What a copy of a case is for."""
    return _EXPORT_PURPOSES[purpose]


def purpose_words(purpose: Purpose) -> object:
    """One of the four cases in which something may be passed on without consent."""
    return _PURPOSES[purpose]


def harm_choices() -> list[Any]:
    """How bad it would be."""
    return [choice(str(int(one)), *words) for one, words in _HARM.items()]


def likelihood_choices() -> list[Any]:
    """How likely it is to go on."""
    return [choice(str(int(one)), *words) for one, words in _LIKELIHOOD.items()]


def harm_words(mark: int) -> str:
    """How bad it would be, in a word."""
    return str(_HARM[Harm(mark)][0])


def likelihood_words(mark: int) -> str:
    """How likely it is to go on, in a word."""
    return str(_LIKELIHOOD[Likelihood(mark)][0])


def override_words(override: Override) -> object:
    """What makes a case critical."""
    return _OVERRIDES[override]


def step_words(step: SafetyStep) -> object:
    """What was done for safety."""
    return _STEPS[step]


def proposed_words(what: Proposed) -> str:
    """What a supervisor is asked to agree to."""
    return str(_PROPOSED[what][0])


def proposed_choice(what: Proposed) -> Any:
    """The same as a radio with its hint."""
    return choice(what.value, *_PROPOSED[what])


def state_words(state: RequestState) -> str:
    """Where a request stands."""
    return str(_STATES[state])


def request_words(request: RequestShown) -> str:
    """What a request asks for, and of whom."""
    by_consent = request.kind is RequestKind.NAME_BY_CONSENT
    if request.is_outside:
        words = _("to pass the name on outside, asking the reporter")
        return str(words if by_consent else _("to pass the name on outside, by necessity"))
    return str(
        _("to see the name, asking the reporter")
        if by_consent
        else _("to see the name, by necessity")
    )


def change_choices(changes: Iterable[Change]) -> list[Any]:
    """In which ways the key of the name can change hands."""
    return [
        choice(
            f"{one.to} {one.instead_of}",
            _(
                "%(to)s gets it, and %(other)s gives it up",
                to=one.to_name,
                other=one.instead_of_name,
            ),
        )
        for one in changes
    ]


def decision_choices(request: RequestShown) -> list[Any]:
    """What whoever looks at a request can decide now."""
    gives = request.may_give and not (request.is_outside and request.may_decide)
    give = _("I have passed the name on") if request.is_outside else _("I give them the key")
    agree = _("I agree, and another keeper gives it") if gives else _("I agree: it is necessary")
    choices = (
        (gives, "give", give),
        (request.may_decide, "agree", agree),
        (request.may_give or request.may_decide, "decline", _("No: the name is not given")),
        (request.may_withdraw, "withdraw", _("I take my request back")),
    )
    return [(code, words) for applies, code, words in choices if applies]
