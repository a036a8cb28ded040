"""What the pages say where somebody may not have a case any more, by the pages alone."""

from safeshare.kernel.actors import Role
from tests.cast import Stage, enrol
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, holders_of
from tests.use_cases.moving import place, works_at_the_place
from tests.use_cases.naming import NAME, TOLD, other_holder, overseer_of, the_request
from tests.use_cases.turned import ask, keys_of, taken
from tests.web.staff.desk import Desks
from tests.web.staff.test_deciding import fill, request_path, sign_in


def test_an_overseer_who_may_be_kept_out_is_shown_nothing_and_the_holders_see_who_is_asked(
    sqlite_stage: Stage, desk: Desks
) -> None:
    ticked = place(sqlite_stage)
    sent, _ = sqlite_stage.submit(TOLD, identity=NAME, ticked=ticked)
    holder = sign_in(sqlite_stage, desk, other_holder(sqlite_stage, sent.reference).staff_id)
    path = f"/cases/{sent.reference}/name/necessary"
    assert fill(holder, path, purpose="life", text="They may harm themselves") == 303
    overseer = sign_in(sqlite_stage, desk, overseer_of(sqlite_stage, sent.reference).staff_id)
    one = f"/approvals/{the_request(sqlite_stage).id}"
    overseer.get(one)
    for name in ("overseer", "second_overseer"):
        works_at_the_place(sqlite_stage, name)
    assert overseer.send(one, decision="yes").status_code == 404
    assert overseer.get(one).status_code == 404
    overseer.get("/approvals")
    assert "Nothing waits for you." in overseer.page
    assert sent.reference not in overseer.page
    holder.get(request_path(sqlite_stage, sent.reference))
    assert "No overseer can be asked now." in holder.page
    enrol(sqlite_stage, "third_overseer", {Role.OVERSEER})
    holder.get(request_path(sqlite_stage, sent.reference))
    assert "It waits for the overseer of the case as well" in holder.page


def test_a_holder_is_kindly_told_that_a_colleague_cannot_have_it_back(
    sqlite_stage: Stage, desk: Desks
) -> None:
    reference, code, earlier = taken(sqlite_stage)
    ask(sqlite_stage, enter(sqlite_stage, code), keeps_earlier=False)
    name = holders_of(sqlite_stage, reference)[0]
    holder = sign_in(sqlite_stage, desk, attested(sqlite_stage, reference, name).staff_id)
    path = f"/cases/{reference}/add-holder"
    holder.get(path)
    staff = sqlite_stage.enrolled[earlier]
    assert str(staff.staff_id) not in holder.page
    assert "where a reporter asked for somebody else, we keep to that" in holder.page
    sent = holder.send(path, staff_id=str(staff.staff_id), reason="They know it best.")
    assert sent.status_code == 400
    assert "There is a problem" in holder.page
    assert "which proves nothing about them" in holder.page
    assert holder.send(path, reason="They know it.").status_code == 400
    assert "Choose who is to hold the case as well" in holder.page
    assert keys_of(sqlite_stage, reference, earlier) == set()
