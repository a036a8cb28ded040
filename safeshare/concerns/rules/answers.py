"""The questions of the form, and the document that a reporter's answers become.

The document is what is sealed: form version, question ids, answers (blueprint section 4). Every
question but the concern itself is optional; an unanswered one is absent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from safeshare.concerns.rules.text import LONGEST_TEXT, clean_line, clean_text, says_nothing
from safeshare.kernel.errors import InvalidError, SealBrokenError

FORM_VERSION = 1
"""Raised whenever a question's meaning changes; stored documents keep theirs."""

Answer = str | tuple[str, ...]
"""A text, a line or one choice is text; several choices are a sorted tuple of codes."""


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LINE = "line"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `longest` is in characters; empty `choices` take any code of a vocabulary."""

    id: str
    kind: Kind
    longest: int = 0
    choices: tuple[str, ...] = ()


ABOUT_WHOM = ("hr", "safeguarding", "professional_standards", "administrator", "chief_officer")
"""Kinds of people whose involvement sends a concern to the independent route."""

_QUESTIONS = (
    Question("danger", Kind.CHOICE, choices=("yes", "no")),
    Question("want", Kind.CHOICE, choices=("share", "support")),
    Question("stake", Kind.CHOICE, choices=("me", "someone_else", "saw", "heard", "worried")),
    Question("mode", Kind.CHOICE, choices=("anonymous", "confidential", "named")),
    Question("concern", Kind.TEXT, longest=LONGEST_TEXT),
    Question("wishes", Kind.TEXT, longest=LONGEST_TEXT),
    Question("place", Kind.CHOICE),
    Question("where", Kind.LINE, longest=500),
    Question("when", Kind.LINE, longest=500),
    Question("who", Kind.TEXT, longest=LONGEST_TEXT),
    Question("about", Kind.CHOICES, choices=ABOUT_WHOM),
    Question("at_risk", Kind.CHOICES, choices=("child", "adult")),
    Question("risk", Kind.TEXT, longest=LONGEST_TEXT),
    Question("category", Kind.CHOICES),
    Question("handle_by", Kind.CHOICE),
)

QUESTIONS: Mapping[str, Question] = MappingProxyType({q.id: q for q in _QUESTIONS})
"""Every question by its id, in the order of the form."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def clean_answer(question_id: str, given: object) -> Answer | None:
    """One answer as it is kept, or None when nothing was said.

    Raises:
        InvalidError: the question is unknown, the answer too long, or not one of the choices. Its
            `field` is the question's id; nothing is cut off, so the form can show it all again.
    """
    question = QUESTIONS.get(question_id)
    if question is None:
        raise InvalidError("unknown_question")
    if not given:
        return None
    if question.kind in {Kind.TEXT, Kind.LINE}:
        return _clean_words(question, given)
    if question.kind is Kind.CHOICES:
        return _clean_choices(question, given)
    return _clean_choice(question, given)


def _clean_words(question: Question, given: object) -> str | None:
    if not isinstance(given, str):
        raise InvalidError("not_text", field=question.id)
    words = clean_text(given) if question.kind is Kind.TEXT else clean_line(given)
    if len(words) > question.longest:
        raise InvalidError("too_long", field=question.id)
    return None if says_nothing(words) else words


def _clean_choice(question: Question, given: object) -> str:
    known = isinstance(given, str) and (
        given in question.choices if question.choices else _CODE.fullmatch(given) is not None
    )
    if not known or not isinstance(given, str):
        raise InvalidError("not_a_choice", field=question.id)
    return given


def _clean_choices(question: Question, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple | set | frozenset):
        raise InvalidError("not_a_choice", field=question.id)
    return tuple(sorted({_clean_choice(question, one) for one in given}))


def clean_answers(given: Mapping[str, object]) -> dict[str, Answer]:
    """Every answer as it is kept, in the order of the form; unanswered questions are left out.

    Raises:
        InvalidError: as `clean_answer`, for the first that is wrong.
    """
    cleaned = {question_id: clean_answer(question_id, one) for question_id, one in given.items()}
    return {
        question_id: answer
        for question_id in QUESTIONS
        if (answer := cleaned.get(question_id)) is not None
    }


def check_can_be_sent(answers: Mapping[str, Answer]) -> None:
    """Insists on the one answer that is needed: the concern itself.

    Raises:
        InvalidError: it is missing.
    """
    if not answers.get("concern"):
        raise InvalidError("concern_missing", field="concern")


def concern_document(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """What is sealed of a sent concern: plain JSON types only.

    Raises:
        InvalidError: the concern is missing, or an answer would not be accepted from a form.
    """
    cleaned = clean_answers(answers)
    check_can_be_sent(cleaned)
    return {
        "form": FORM_VERSION,
        "answers": {
            question_id: list(answer) if isinstance(answer, tuple) else answer
            for question_id, answer in cleaned.items()
        },
    }


def answers_in(document: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers of an opened document, of this or an earlier form version.

    Raises:
        SealBrokenError: it is not a document that we wrote.
    """
    form, answers = document.get("form"), document.get("answers")
    if not isinstance(form, int) or not 1 <= form <= FORM_VERSION or not isinstance(answers, dict):
        raise SealBrokenError("the document is not one of this form")
    return {
        question_id: tuple(answer) if isinstance(answer, list) else answer
        for question_id, answer in answers.items()
    }
