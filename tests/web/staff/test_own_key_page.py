"""Somebody whose key is of an older suite is led to a new one at sign-in, and loses nothing."""

from safeshare.app import create_staff_app
from tests.cast import PASSPHRASE, Stage
from tests.use_cases.handlers import attested, holders_of
from tests.use_cases.test_going_over import CLASSICAL, HYBRID, in_other_suite, renewed, suites_of
from tests.web.staff.desk import Desk


def at_desk(stage: Stage) -> Desk:
    return Desk(create_staff_app(stage.system).test_client(), stage)


def test_a_handler_can_make_a_new_key_at_sign_in(sqlite_stage: Stage) -> None:
    sent, _code = sqlite_stage.submit({"concern": "The gauges are wrong."})
    name = holders_of(sqlite_stage, sent.reference)[0]
    attested(sqlite_stage, sent.reference, name)
    later = in_other_suite(sqlite_stage)
    desk = at_desk(later)
    answer = desk.sign_in(name)
    assert (answer.status_code, answer.location) == (303, "/staff/account/key")
    desk.get("/account")
    assert "Your key is of an older kind." in desk.page
    desk.get("/account/key")
    desk.send("/account/key", passphrase="not this one at all")
    assert "This is not your passphrase" in desk.page
    answer = desk.send("/account/key", passphrase=PASSPHRASE)
    assert answer.status_code == 200
    assert "shown this once" in desk.page
    answer.close()
    assert suites_of(later, name) == {CLASSICAL}
    desk.get(f"/cases/{sent.reference}")
    assert "The gauges are wrong." in desk.page
    assert desk.get("/account/key").status_code == 303
    desk.get("/account")
    assert "Your key is of an older kind." not in desk.page


def test_a_handler_whose_grants_were_left_half_way_goes_on_by_signing_in(
    sqlite_stage: Stage,
) -> None:
    sent, _code = sqlite_stage.submit({"concern": "The gauges are wrong."})
    name = holders_of(sqlite_stage, sent.reference)[0]
    attested(sqlite_stage, sent.reference, name)
    later = in_other_suite(sqlite_stage)
    renewed(later, name)
    assert suites_of(later, name) == {HYBRID}
    desk = at_desk(later)
    desk.sign_in(name).close()
    assert suites_of(later, name) == {CLASSICAL}
    desk.get(f"/cases/{sent.reference}")
    assert "The gauges are wrong." in desk.page
