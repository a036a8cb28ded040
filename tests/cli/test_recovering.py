"""The recovery ceremony at the command line, from the first codes to a new set."""

import re
from collections.abc import Callable, Mapping, Sequence

import pytest
from click.testing import Result
from sqlalchemy import select

from safeshare.concerns.service.resealing import count_out_of_date
from safeshare.kernel.actors import Operator
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember, StaffState
from safeshare.people.service.recovery import OfficerCode
from tests.cast import Stage
from tests.cli.conftest import Run
from tests.use_cases.ceremony import begin, keys_of, let_leave, met, together
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened
from tests.use_cases.recovered import newcomer

Ceremony = Callable[..., Result]

_CODE = re.compile(r"^  (\w+)\n    ((?:[2-9B-Z]{4}-){6}[2-9B-Z]{4})$", re.MULTILINE)
SECRET = "The planted words of a reporter."


@pytest.fixture
def settings(sqlite_stage: Stage) -> Mapping[str, str]:
    """Where the stage lies."""
    own = sqlite_stage.system.settings
    return {
        "SAFESHARE_DEMO": "1",
        "SAFESHARE_DATABASE_URL": own.database_url,
        "SAFESHARE_KEYS_FOLDER": str(sqlite_stage.gate.vault.keys.folder),
    }


@pytest.fixture
def ceremony(run: Run, settings: Mapping[str, str]) -> Ceremony:
    """Run a command of the ceremony with what is typed at it, line by line."""

    def perform(*words: str, typed: Sequence[str] = (), **more: str) -> Result:
        return run(*words, typed="".join(f"{one}\n" for one in typed), **settings, **more)

    return perform


def in_order(codes: Sequence[OfficerCode], *present: str) -> list[str]:
    """What is typed at the prompts, which go by name; an empty line for whoever is not there."""
    by_name = {code.name: code.printed_code for code in codes}
    return [by_name[name] if name in present else "" for name in sorted(by_name)]


def printed(output: str) -> tuple[OfficerCode, ...]:
    return tuple(OfficerCode(name, code) for name, code in _CODE.findall(output))


def abandoned(stage: Stage) -> str:
    reference = stage.submit({"concern": SECRET})[0].reference
    let_leave(stage, holders_of(stage, reference))
    return reference


def left_in(stage: Stage) -> set[str]:
    """Who has not left."""
    present = select(StaffMember.id).where(StaffMember.state != StaffState.LEFT)
    with stage.system.database.reading() as session:
        found = set(session.scalars(present))
    return {name for name, one in stage.enrolled.items() if one.staff_id in found}


def open_words(reference: str, *people: str, purpose: str = "safety") -> list[str]:
    to = [word for name in people for word in ("--to", name)]
    return ["recovery", "open", reference, *to, "--purpose", purpose]


def test_two_officers_can_give_a_lost_case_to_somebody_new(
    ceremony: Ceremony, sqlite_stage: Stage
) -> None:
    reference = abandoned(sqlite_stage)
    fresh = newcomer(sqlite_stage)
    typed = ["They have all left.", *in_order(sqlite_stage.officers, "Wren", "Tern"), "y"]
    done = ceremony(*open_words(reference, fresh, purpose="nobody_left"), typed=typed)
    assert done.exit_code == 0, done.output
    assert SECRET not in done.output
    for code in sqlite_stage.officers:
        assert code.printed_code not in done.output
    codes = printed(done.output)
    assert [one.name for one in codes] == ["Rook", "Tern", "Wren"]
    assert "Every case is under the new key: 1 moved." in done.output
    view = opened(sqlite_stage, attested(sqlite_stage, reference, fresh), reference)
    assert view.answers["concern"] == SECRET
    assert view.messages[0].text == "They have all left."
    (key,) = keys_of(sqlite_stage)
    assert (key.number, key.is_used) == (2, False)
    assert met(sqlite_stage, codes[:2]).officers is not None
    assert met(sqlite_stage, sqlite_stage.officers[:0]).missing == 2


def test_nobody_is_asked_for_a_code_for_a_purpose_that_is_not_so(
    ceremony: Ceremony, sqlite_stage: Stage
) -> None:
    reference = sqlite_stage.submit()[0].reference
    words = open_words(reference, "hr_1", purpose="nobody_left")
    refused = ceremony(*words, typed=["They have all left."])
    assert refused.exit_code == 1
    assert "Somebody who holds this case can still open it" in refused.output
    assert "Code of" not in refused.output
    assert "Traceback" not in refused.output
    (key,) = keys_of(sqlite_stage)
    assert (key.number, key.is_used) == (1, False)


def test_a_wrong_code_is_refused_plainly(ceremony: Ceremony, sqlite_stage: Stage) -> None:
    reference = sqlite_stage.submit()[0].reference
    typed = ["Why not.", sqlite_stage.officers[0].printed_code, "", "2345"]
    refused = ceremony(*open_words(reference, "hr_1"), typed=typed)
    assert refused.exit_code == 1
    assert "This is not the code of Rook and Wren." in refused.output
    assert "Traceback" not in refused.output
    assert [one.note["why"] for one in ledger(sqlite_stage, Event.RECOVERY_REFUSED)] == [
        "wrong_code"
    ]


def test_too_few_codes_are_refused_plainly(ceremony: Ceremony, sqlite_stage: Stage) -> None:
    typed = ["Why not.", *in_order(sqlite_stage.officers, "Wren")]
    refused = ceremony("recovery", "regrant", typed=typed)
    assert refused.exit_code == 1
    assert "Too few codes: 1 more needed." in refused.output
    assert len(ledger(sqlite_stage, Event.RECOVERY_REFUSED)) == 1
    assert keys_of(sqlite_stage)[0].number == 1


def test_a_key_is_renewed_even_where_nothing_could_be_given(
    ceremony: Ceremony, sqlite_stage: Stage
) -> None:
    reference = sqlite_stage.submit()[0].reference
    typed = ["Why not.", *in_order(sqlite_stage.officers, "Wren", "Rook"), "y"]
    refused = ceremony(*open_words(reference, "leader"), typed=typed)
    assert refused.exit_code == 1
    assert keys_of(sqlite_stage)[0].number == 2
    assert not ledger(sqlite_stage, Event.RECOVERY_CASE_GIVEN)


def test_codes_that_are_not_on_paper_cannot_be_put_into_use(
    ceremony: Ceremony, sqlite_stage: Stage
) -> None:
    typed = [*in_order(sqlite_stage.officers, "Tern", "Rook"), "n"]
    refused = ceremony("recovery", "renew", typed=typed)
    assert refused.exit_code == 1
    assert "were not put into use" in refused.output
    (key,) = keys_of(sqlite_stage)
    assert (key.number, key.is_used) == (1, True)
    assert "Renew it now" in ceremony("recovery", "status").output
    assert met(sqlite_stage, sqlite_stage.officers[:2]).officers is not None


def test_every_lost_case_can_be_given_at_once(ceremony: Ceremony, sqlite_stage: Stage) -> None:
    references = [sqlite_stage.submit()[0].reference for _ in range(3)]
    let_leave(
        sqlite_stage, sorted({n for one in references for n in holders_of(sqlite_stage, one)})
    )
    typed = ["They have all left.", *in_order(sqlite_stage.officers, "Wren", "Tern"), "y"]
    done = ceremony("recovery", "regrant", typed=typed)
    assert done.exit_code == 0, done.output
    assert "Given to new people: 3 cases. Could not be given: 0." in done.output
    present = left_in(sqlite_stage)
    for reference in references:
        fresh = present & set(holders_of(sqlite_stage, reference))
        assert len(fresh) >= 2
        opened(sqlite_stage, attested(sqlite_stage, reference, min(fresh)), reference)


def test_an_unfinished_renewal_goes_first(ceremony: Ceremony, sqlite_stage: Stage) -> None:
    reference = sqlite_stage.submit()[0].reference
    codes = begin(sqlite_stage, together(sqlite_stage))
    typed = ["Why not.", *in_order(codes, "Wren", "Tern"), "y"]
    refused = ceremony(*open_words(reference, "hr_1"), typed=typed)
    assert refused.exit_code == 1
    assert "stopped half-way" in refused.output
    assert "being replaced" in ceremony("recovery", "status").output
    typed = in_order(sqlite_stage.officers, "Wren", "Tern")
    finished = ceremony("recovery", "renew", typed=typed)
    assert finished.exit_code == 0, finished.output
    assert printed(finished.output) == ()
    assert "1 moved" in finished.output
    (key,) = keys_of(sqlite_stage)
    assert met(sqlite_stage, codes[:2], key).officers is not None


def test_officers_can_be_replaced_at_a_renewal(ceremony: Ceremony, sqlite_stage: Stage) -> None:
    new = ("Crane", "Dipper", "Egret", "Finch")
    words = [word for name in new for word in ("--officer", name)]
    typed = [*in_order(sqlite_stage.officers, "Wren", "Tern"), "y"]
    done = ceremony("recovery", "renew", *words, "--threshold", "3", typed=typed)
    assert done.exit_code == 0, done.output
    codes = printed(done.output)
    assert {one.name for one in codes} == set(new)
    assert met(sqlite_stage, codes[:2]).missing == 1
    assert met(sqlite_stage, codes[:3]).officers is not None
    assert ceremony("recovery", "renew", "--officer", "Alone", typed=[]).exit_code == 2


def test_everything_can_be_sealed_anew_from_the_command_line(
    ceremony: Ceremony, sqlite_stage: Stage
) -> None:
    reference = sqlite_stage.submit({"concern": SECRET})[0].reference
    suite = {"SAFESHARE_CONTENT_SUITE": "chacha20-poly1305"}
    assert "anew: 1." in ceremony("reseal", "--count", **suite).output
    typed = [*in_order(sqlite_stage.officers, "Wren", "Tern"), "y"]
    done = ceremony("reseal", typed=typed, **suite)
    assert done.exit_code == 0, done.output
    assert "Sealed anew: 1 cases. Could not be opened: 0." in done.output
    assert "anew: 0." in ceremony("reseal", **suite).output
    opened(sqlite_stage, attested(sqlite_stage, reference), reference)
    assert sqlite_stage.gate.run(count_out_of_date, Operator(), None) == 1
    assert ceremony("reseal", "--count", SAFESHARE_CONTENT_SUITE="rot13").exit_code == 1


def test_health_says_how_the_cases_are_held(ceremony: Ceremony, sqlite_stage: Stage) -> None:
    reference = abandoned(sqlite_stage)
    told = ceremony("health", "cases")
    assert told.exit_code == 1
    assert "Of these nobody can open: 1." in told.output
    assert "has not counted" in told.output
    assert reference not in told.output
    assert case_of(sqlite_stage, reference).reference == reference


def test_recovery_cannot_be_used_before_it_is_set_up(run: Run) -> None:
    run("migrate")
    for words in (("recovery", "status"), ("recovery", "renew")):
        done = run(*words)
        assert done.exit_code == 1
        assert "Traceback" not in done.output
