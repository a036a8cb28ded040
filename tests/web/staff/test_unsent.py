"""What is sent after the session ended, or without the session's token, is kept and not done."""

import pytest
from sqlalchemy import func, select

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.mailbox.models import Message
from safeshare.people.models import ParkedForm
from safeshare.people.service.parked import ParkForm, park_form
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.web.reporter.behind import lose_the_database
from tests.web.staff.desk import Desk, Desks

TYPED = "What I had typed before I was called away."


def writing(stage: Stage, desk: Desks) -> tuple[Desk, str, str]:
    """A holder with the form for a message before them, its address, and their name."""
    sent, _ = stage.submit()
    name = holders_of(stage, sent.reference)[0]
    attested(stage, sent.reference, name)
    handler, path = desk(), f"/cases/{sent.reference}/message"
    handler.sign_in(name)
    handler.get(path)
    return handler, path, name


def count(stage: Stage, table: type) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_handler_can_go_on_with_a_form_that_was_sent_after_30_idle_minutes(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, name = writing(sqlite_stage, desk)
    sqlite_stage.time.advance(minutes=31)
    answer = handler.send(path, text=TYPED)
    assert answer.headers["Location"] == "/staff/sign-in?kept=1"
    assert count(sqlite_stage, Message) == 0
    handler.get("/sign-in?kept=1")
    assert "What you had written was kept for you" in handler.page
    assert TYPED not in handler.page
    assert handler.sign_in(name).headers["Location"] == "/staff/unsent"
    handler.get("/unsent")
    assert TYPED in handler.page
    address = f"{path}?unsent={parked_id(handler)}"
    assert handler.get(address).status_code == 200
    assert TYPED in handler.page
    assert handler.send(path, text=TYPED).status_code == 303
    assert (count(sqlite_stage, Message), count(sqlite_stage, ParkedForm)) == (1, 0)


def parked_id(handler: Desk) -> str:
    return handler.page.split("?unsent=")[1].split('"')[0]


def test_an_idle_session_opens_nothing_until_its_owner_signs_in(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    sqlite_stage.time.advance(minutes=31)
    for page in ("/", path, "/unsent"):
        assert handler.get(page).status_code == 303


def test_a_session_in_use_goes_on_for_longer_than_30_minutes(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    for _ in range(4):
        sqlite_stage.time.advance(minutes=20)
        assert handler.get(path).status_code == 200


def test_a_session_ends_after_ten_hours_whatever_is_done(sqlite_stage: Stage, desk: Desks) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    last = 0
    for _ in range(31):
        sqlite_stage.time.advance(minutes=20)
        last = handler.get(path).status_code
    assert last == 303


@pytest.mark.parametrize("token", ["", "forged", "\u2603"])
def test_a_form_with_a_forged_token_is_kept_and_not_done(
    sqlite_stage: Stage, desk: Desks, token: str
) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    answer = handler.send(path, text=TYPED, csrf_token=token)
    assert answer.headers["Location"] == "/staff/unsent"
    assert count(sqlite_stage, Message) == 0
    handler.get("/unsent")
    assert TYPED in handler.page


def test_a_token_of_another_session_cannot_be_replayed(sqlite_stage: Stage, desk: Desks) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    stranger = desk()
    stranger.sign_in("leader")
    stranger.get("/themes")
    answer = handler.send(path, text=TYPED, csrf_token=stranger.hidden()["csrf_token"])
    assert answer.headers["Location"] == "/staff/unsent"
    assert count(sqlite_stage, Message) == 0


def test_a_token_from_before_signing_in_cannot_be_replayed_after_it(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, name = writing(sqlite_stage, desk)
    old = handler.hidden()["csrf_token"]
    sqlite_stage.time.advance(minutes=31)
    handler.sign_in(name)
    answer = handler.send(path, text=TYPED, csrf_token=old)
    assert answer.headers["Location"] == "/staff/unsent"
    assert count(sqlite_stage, Message) == 0


def test_a_choice_without_text_and_token_shows_the_page_of_an_expired_form(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    reference = path.split("/")[2]
    answer = handler.send(path.replace("message", "take"), csrf_token="forged")
    assert answer.status_code == 400
    assert case_of(sqlite_stage, reference).contact_id is None
    assert count(sqlite_stage, ParkedForm) == 0


def test_a_visitor_with_no_session_cannot_make_us_keep_anything(
    sqlite_stage: Stage, desk: Desks
) -> None:
    _, path, _ = writing(sqlite_stage, desk)
    visitor = desk()
    answer = visitor.send(path, text=TYPED)
    assert answer.headers["Location"] == "/staff/sign-in?again=1"
    assert count(sqlite_stage, ParkedForm) == 0


def test_a_sign_in_form_with_a_stale_token_keeps_no_passphrase(
    sqlite_stage: Stage, desk: Desks
) -> None:
    visitor = desk()
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", sign_in_name="hr_1", passphrase="secret", csrf_token="old")
    assert answer.headers["Location"] == "/staff/sign-in?again=1"
    assert count(sqlite_stage, ParkedForm) == 0


def test_a_handler_can_throw_an_unsent_form_away_and_nobody_else_can(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    handler.send(path, text=TYPED, csrf_token="forged")
    handler.get("/unsent")
    form_id = parked_id(handler)
    other = desk()
    other.sign_in("leader")
    other.get("/themes")
    assert other.send(f"/unsent/{form_id}/discard").status_code == 404
    assert other.get(f"{path}?unsent={form_id}").status_code == 404
    assert count(sqlite_stage, ParkedForm) == 1
    assert handler.send(f"/unsent/{form_id}/discard").status_code == 303
    assert count(sqlite_stage, ParkedForm) == 0


def test_an_unsent_form_of_one_page_does_not_fill_another(sqlite_stage: Stage, desk: Desks) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    handler.send(path, text=TYPED, csrf_token="forged")
    handler.get("/unsent")
    address = f"{path.replace('message', 'acknowledge')}?unsent={parked_id(handler)}"
    assert handler.get(address).status_code == 404


def test_a_form_sent_after_the_ten_hours_of_a_session_is_kept_and_its_owner_can_sign_in(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, name = writing(sqlite_stage, desk)
    for _ in range(24):
        sqlite_stage.time.advance(minutes=25)
        assert handler.get(path).status_code == 200
    sqlite_stage.time.advance(minutes=1)
    answer = handler.send(path, text=TYPED)
    assert answer.headers["Location"] == "/staff/sign-in?kept=1"
    assert handler.sign_in(name).headers["Location"] == "/staff/unsent"
    handler.get("/unsent")
    assert TYPED in handler.page


def test_themes_that_were_ticked_too_late_are_kept(sqlite_stage: Stage, desk: Desks) -> None:
    handler, path, name = writing(sqlite_stage, desk)
    path = path.replace("message", "themes")
    sqlite_stage.time.advance(minutes=31)
    answer = handler.send_list(path, {"themes": ["BUL", "LED"]})
    assert answer.headers["Location"] == "/staff/sign-in?kept=1"
    handler.sign_in(name)
    handler.get("/unsent")
    assert "Themes ticked: 2" in handler.page
    handler.get(f"{path}?unsent={parked_id(handler)}")
    assert handler.page.count(" checked") == 2


@pytest.mark.parametrize("page", ["nowhere.at_all", "cases.show_case", "static"])
def test_a_kept_form_of_a_page_that_we_do_not_have_is_dropped(
    sqlite_stage: Stage, desk: Desks, page: str
) -> None:
    handler, _, name = writing(sqlite_stage, desk)
    owner = sqlite_stage.staff(name)
    sqlite_stage.gate.run(park_form, owner, ParkForm(page, "AB-12", {"text": (TYPED,)}))
    assert handler.get("/unsent").status_code == 200
    assert "Nothing is waiting" in handler.page
    assert count(sqlite_stage, ParkedForm) == 0


def test_a_handler_can_see_what_was_typed_when_the_database_is_gone(
    sqlite_stage: Stage, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    token = handler.hidden()["csrf_token"]
    with monkeypatch.context() as broken:
        lose_the_database(sqlite_stage, broken)
        assert handler.get(path).status_code == 503
        answer = handler.send(path, text=TYPED, csrf_token=token)
        assert answer.status_code == 503
        assert "Content-Security-Policy" in answer.headers
        assert TYPED in handler.page
        answer = handler.send("/sign-in", sign_in_name="hr_1", passphrase="a planted secret")
        assert answer.status_code == 503
        assert "planted" not in handler.page


def test_a_title_tells_no_reference(sqlite_stage: Stage, desk: Desks) -> None:
    handler, path, _ = writing(sqlite_stage, desk)
    reference = path.split("/")[2]
    for address in (f"/cases/{reference}", path):
        assert handler.get(address).status_code == 200
        title = handler.page.split("<title>")[1].split("</title>")[0]
        assert reference not in title


def test_somebody_who_gave_the_case_up_finds_nothing_that_they_began_to_write(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, path, name = writing(sqlite_stage, desk)
    sqlite_stage.time.advance(minutes=31)
    handler.send(path, text=TYPED)
    reference = path.split("/")[2]
    command = DeclareTie(reference, has_tie=True)
    sqlite_stage.gate.run(declare_tie, sqlite_stage.staff(name), command)
    handler.get("/sign-in?kept=1")
    handler.sign_in(name)
    handler.get("/unsent")
    assert TYPED not in handler.page
    assert reference not in handler.page
    assert count(sqlite_stage, ParkedForm) == 0
