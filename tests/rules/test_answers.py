import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules import (
    LONGEST_TEXT,
    QUESTIONS,
    answers_in,
    check_can_be_sent,
    clean_answer,
    clean_answers,
    concern_document,
)
from safeshare.kernel.errors import InvalidError, SealBrokenError

EVERYTHING: dict[str, object] = {
    "danger": "no",
    "want": "share",
    "stake": "saw",
    "mode": "confidential",
    "concern": "He shouts at the new recruits.",
    "wishes": "That it stops.",
    "place": "3f0c2f0e-8a55-4d0e-9d68-0f5a0a4b9c11",
    "where": "In the appliance bay",
    "when": "Since the summer",
    "who": "The watch manager",
    "about": ["chief_officer", "hr"],
    "at_risk": ["adult"],
    "risk": "Somebody may get hurt.",
    "category": ["behaviour"],
    "handle_by": "independent",
}

nothing: st.SearchStrategy[object] = st.sampled_from([None, "", []])
optional = st.sampled_from(sorted(set(QUESTIONS) - {"concern"}))


def test_every_question_can_be_answered_and_read_back() -> None:
    assert set(EVERYTHING) == set(QUESTIONS)
    document = json.loads(json.dumps(concern_document(clean_answers(EVERYTHING))))
    assert answers_in(document) == EVERYTHING | {
        "about": ("chief_officer", "hr"),
        "at_risk": ("adult",),
        "category": ("behaviour",),
    }


@given(st.dictionaries(optional, nothing))
def test_a_reporter_can_leave_every_question_but_the_concern(empty: dict[str, object]) -> None:
    document = concern_document(clean_answers({**empty, "concern": "It happened again."}))
    assert document["answers"] == {"concern": "It happened again."}


@pytest.mark.parametrize("concern", [None, "", "  \n", "\x00\x07", "\u200b"])
def test_a_reporter_cannot_send_without_a_concern(concern: str | None) -> None:
    answers = clean_answers({**EVERYTHING, "concern": concern})
    with pytest.raises(InvalidError) as refused:
        check_can_be_sent(answers)
    assert refused.value.field == "concern"
    with pytest.raises(InvalidError):
        concern_document(answers)


@pytest.mark.parametrize("question", [q for q in QUESTIONS.values() if q.longest])
def test_an_answer_can_be_as_long_as_allowed_and_no_longer(question: Any) -> None:
    assert clean_answer(question.id, "🚒" * question.longest) == "🚒" * question.longest
    with pytest.raises(InvalidError, match="too_long") as refused:
        clean_answer(question.id, "🚒" * (question.longest + 1))
    assert refused.value.field == question.id


def test_a_reporter_can_write_fifty_thousand_characters_whatever_the_browser_adds() -> None:
    typed = "\r\n".join(["x" * 99] * 500) + "\r\n\x00"
    kept = clean_answer("concern", typed)
    assert isinstance(kept, str)
    assert len(kept) == LONGEST_TEXT - 1


@pytest.mark.parametrize("question", [q for q in QUESTIONS.values() if q.choices])
def test_every_choice_on_offer_can_be_made(question: Any) -> None:
    for choice in question.choices:
        answer = [choice] if question.kind == "choices" else choice
        assert clean_answer(question.id, answer) in {choice, (choice,)}


@pytest.mark.parametrize(
    ("question", "forged"),
    [
        ("danger", "perhaps"),
        ("danger", 1),
        ("danger", ["yes"]),
        ("mode", "NAMED"),
        ("about", ["hr", "everybody"]),
        ("about", "hr"),
        ("about", [["hr"]]),
        ("about", {"hr": "hr"}),
        ("category", ["Not a code!"]),
        ("place", "../../etc"),
        ("place", "x" * 65),
        ("handle_by", "hr\n"),
        ("concern", 5),
        ("concern", ["a", "b"]),
        ("unheard_of", "x"),
    ],
)
def test_a_forged_answer_cannot_pass(question: str, forged: object) -> None:
    with pytest.raises(InvalidError):
        clean_answers({"concern": "x", question: forged})


def test_the_order_and_repetition_of_ticks_cannot_be_told_from_the_document() -> None:
    one = clean_answers({"about": ["hr", "administrator", "hr"]})
    other = clean_answers({"about": ("administrator", "hr")})
    assert one == other


@pytest.mark.parametrize(
    "document",
    [{}, {"form": 2, "answers": {}}, {"form": 0, "answers": {}}, {"form": 1}, {"form": "1"}],
)
def test_a_document_that_we_did_not_write_cannot_be_read(document: dict[str, Any]) -> None:
    with pytest.raises(SealBrokenError):
        answers_in(document)
