"""The pages on which somebody who lost everything makes new keys."""

import re

from tests.cast import Stage
from tests.web.staff.desk import Desks

NEW = "seven lanterns drift over marmalade"


def test_whoever_lost_both_can_make_new_keys_with_a_link(desk: Desks, sqlite_stage: Stage) -> None:
    administrator, owner = desk(), desk()
    administrator.sign_in("administrator")
    path = f"/accounts/{sqlite_stage.enrolled['hr_1'].staff_id}/new-keys"
    administrator.get(path)
    administrator.send(path)
    found = re.search(r"http://localhost/staff(/new-keys/[\w-]+)", administrator.page)
    assert found is not None
    assert owner.get(found.group(1)).status_code == 303
    owner.get("/new-keys")
    assert owner.send("/new-keys", six_digits="000000", passphrase=NEW).status_code == 400
    digits = sqlite_stage.six_digits("hr_1")
    assert owner.send("/new-keys", six_digits=digits, passphrase="short").status_code == 400
    owner.send("/new-keys", six_digits=digits, passphrase=NEW)
    assert "Keep this recovery code" in owner.page
    sqlite_stage.time.advance(seconds=60)
    answer = owner.sign_in("hr_1", passphrase=NEW)
    assert answer.status_code == 303
    stranger = desk()
    assert stranger.get(found.group(1)).status_code == 404
    assert "This link does not work" in stranger.page


def test_nobody_else_can_open_the_page_of_a_link(desk: Desks, sqlite_stage: Stage) -> None:
    supervisor = desk()
    supervisor.sign_in("hr_supervisor")
    path = f"/accounts/{sqlite_stage.enrolled['hr_1'].staff_id}/new-keys"
    assert supervisor.get(path).status_code == 404
    assert desk().get("/new-keys/anything").status_code == 404
