"""From the organisation's own sign-in to one's own key: by the passphrase, or by one's passkey."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import delete
from sqlalchemy.orm import Session

from safeshare.app import create_staff_app
from safeshare.people.models import Passkey
from safeshare.people.service import identity_provider
from safeshare.people.service.factors import add_passkey
from safeshare.people.service.identity_provider import IdentityProvider
from safeshare.people.service.passkeys import AddPasskey
from safeshare.people.service.webauthn import (
    RelyingParty,
    made_passkey,
    registration_request,
    written,
)
from tests.cast import PASSPHRASE, Stage
from tests.devices.authenticator import Authenticator
from tests.services.identity_provider import CLIENT, SECRET, Provider, provider_running
from tests.web.staff.desk import Desk

PARTY = RelyingParty("localhost", "http://localhost", "Test Service")
CHALLENGE = bytes(32)
PAGE = "/sign-in/unlock/passkey"
WRONG = "This passkey cannot sign in here"
_OPTIONS = re.compile(r'data-options="(\{.*?\})" data-failed')


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr(identity_provider, "PATIENCE_SECONDS", 60)
    with provider_running() as running:
        yield running


@pytest.fixture
def visitor(sqlite_stage: Stage, provider: Provider) -> Desk:
    system = sqlite_stage.system
    provider.now = sqlite_stage.time.now.timestamp()
    rule = IdentityProvider(provider.address, CLIENT, SECRET)
    gate = replace(system.gate, rulebook={**system.gate.rulebook, IdentityProvider: rule})
    app = create_staff_app(replace(system, gate=gate))
    return Desk(app.test_client(), sqlite_stage)


def has_passkey(stage: Stage, name: str, *, has_prf: bool = True) -> Authenticator:
    """A device of somebody, whose passkey is among their factors."""
    device, staff = Authenticator(has_prf=has_prf), stage.staff(name)
    options = registration_request(PARTY, staff.staff_id, name, (), CHALLENGE)
    answered = device.make(options)
    made = made_passkey(PARTY, CHALLENGE, answered)
    command = AddPasskey(made, "key", staff.private_key, answered.secret)
    stage.gate.run(add_passkey, staff, command)
    return device


def is_named(visitor: Desk, name: str = "hr_1") -> None:
    """Come back from the provider, which named somebody."""
    away = visitor.get("/sign-in/organisation").location
    back = requests.get(away, allow_redirects=False, timeout=60).headers["Location"]
    visitor.get(f"/sign-in/organisation/done?{urlsplit(back).query}")
    assert name in visitor.get("/sign-in/unlock").text


def uses(visitor: Desk, device: Authenticator, asked: dict[str, object]) -> int:
    """Let a device answer what the page asked. Returns the status."""
    answered = device.use(asked)
    return visitor.send(PAGE, credential=answered.credential, prf=answered.prf).status_code


def asked(visitor: Desk) -> dict[str, object]:
    """What the page asks the browser for."""
    visitor.get(PAGE)
    found = _OPTIONS.search(visitor.page)
    assert found is not None
    options: dict[str, object] = json.loads(found[1])
    return options


def test_whom_the_provider_named_can_sign_in_with_a_passkey_of_theirs(
    visitor: Desk, sqlite_stage: Stage
) -> None:
    device = has_passkey(sqlite_stage, "hr_1")
    is_named(visitor)
    assert PAGE in visitor.page
    assert uses(visitor, device, asked(visitor)) == 303
    assert "Your queue" in visitor.get("/").text


def test_the_browser_is_asked_for_the_passkeys_of_whom_the_provider_named_alone(
    visitor: Desk, sqlite_stage: Stage
) -> None:
    device = has_passkey(sqlite_stage, "hr_1")
    has_passkey(sqlite_stage, "hr_2")
    is_named(visitor)
    allowed = asked(visitor)["allowCredentials"]
    assert allowed == [{"id": written(device.credential_id), "type": "public-key"}]


def test_nobody_elses_passkey_can_finish_the_sign_in_of_whom_the_provider_named(
    visitor: Desk, sqlite_stage: Stage
) -> None:
    has_passkey(sqlite_stage, "hr_1")
    other = has_passkey(sqlite_stage, "hr_2")
    is_named(visitor)
    for names_owner in (True, False):
        other.names_owner = names_owner
        assert uses(visitor, other, asked(visitor)) == 400
        assert WRONG in visitor.page
        assert visitor.get("/").status_code == 303


def test_a_passkey_without_a_secret_of_its_own_leads_on_to_the_passphrase(
    visitor: Desk, sqlite_stage: Stage
) -> None:
    device = has_passkey(sqlite_stage, "hr_1", has_prf=False)
    is_named(visitor)
    assert uses(visitor, device, asked(visitor)) == 303
    assert visitor.get("/").status_code == 303
    visitor.get("/sign-in/passphrase")
    assert visitor.send("/sign-in/passphrase", passphrase=PASSPHRASE).status_code == 303
    assert "Your queue" in visitor.get("/").text


def test_whoever_has_no_passkey_is_asked_for_the_passphrase_alone(
    visitor: Desk, sqlite_stage: Stage
) -> None:
    is_named(visitor)
    assert PAGE not in visitor.page
    assert visitor.get(PAGE).location.endswith("/sign-in/unlock")
    visitor.get("/sign-in/unlock")
    digits = sqlite_stage.six_digits("hr_1")
    answer = visitor.send("/sign-in/unlock", passphrase=PASSPHRASE, six_digits=digits)
    assert answer.status_code == 303
    assert "Your queue" in visitor.get("/").text


def test_a_passkey_that_was_taken_away_meanwhile_leads_back_to_the_passphrase(
    visitor: Desk, sqlite_stage: Stage
) -> None:
    device = has_passkey(sqlite_stage, "hr_1")
    is_named(visitor)
    options = asked(visitor)
    with Session(sqlite_stage.system.database.engine) as session:
        session.execute(delete(Passkey))
        session.commit()
    assert uses(visitor, device, options) == 303
    assert visitor.get("/").status_code == 303


def test_nobody_is_asked_for_a_passkey_before_the_provider_named_them_or_long_after(
    visitor: Desk, sqlite_stage: Stage
) -> None:
    device = has_passkey(sqlite_stage, "hr_1")
    visitor.get("/sign-in")
    assert visitor.get(PAGE).location.endswith("/sign-in/unlock")
    assert "/sign-in?again=1" in visitor.get("/sign-in/unlock").location
    is_named(visitor)
    options = asked(visitor)
    sqlite_stage.time.advance(minutes=11)
    assert uses(visitor, device, options) == 303
    assert visitor.get("/").status_code == 303
