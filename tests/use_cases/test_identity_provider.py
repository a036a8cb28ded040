"""The organisation's own sign-in names somebody, if its word is good; it unlocks nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from joserfc.jwk import OctKey, RSAKey

from safeshare.gate import Gate
from safeshare.kernel.actors import Visitor
from safeshare.ledger.events import Event
from safeshare.people.service import identity_provider
from safeshare.people.service.identity_provider import (
    IdentityProvider,
    Journey,
    Named,
    ProviderFault,
    Return,
    begin_at_provider,
    return_from_provider,
)
from tests.cast import Stage
from tests.services.identity_provider import CLIENT, SECRET, Provider, provider_running
from tests.use_cases.handlers import ledger

BACK = "http://localhost/sign-in/organisation/back"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider_running() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setattr(identity_provider, "PATIENCE_SECONDS", 60)
    fresh = Provider(address=running.address, now=stage.time.now.timestamp(), key=running.key)
    vars(running).update(vars(fresh))
    return running


@pytest.fixture
def gate(stage: Stage, provider: Provider) -> Gate:
    rule = IdentityProvider(provider.address, CLIENT, SECRET)
    return replace(stage.gate, rulebook={**stage.gate.rulebook, IdentityProvider: rule})


def gone(gate: Gate) -> Journey:
    """Somebody on the way to the provider."""
    found = gate.run(begin_at_provider, Visitor(), BACK)
    if not isinstance(found, Journey):
        raise TypeError(found)
    return found


def came_back(journey: Journey) -> tuple[str, str]:
    """The code and the state with which the provider sends them back."""
    answer = requests.get(journey.address, allow_redirects=False, timeout=60)
    parts = dict(one.split("=") for one in answer.headers["Location"].split("?")[1].split("&"))
    return parts["code"], parts["state"]


def judged(gate: Gate, journey: Journey, code: str, state: str) -> Named | ProviderFault:
    return gate.run(return_from_provider, Visitor(), Return(code, state, journey, BACK))


def whole(gate: Gate) -> Named | ProviderFault:
    """There and back again."""
    journey = gone(gate)
    return judged(gate, journey, *came_back(journey))


def refused(stage: Stage) -> list[str]:
    return [row.note["why"] for row in ledger(stage, Event.PEOPLE_SIGN_IN_FAILED)]


def test_the_provider_can_name_somebody(stage: Stage, gate: Gate) -> None:
    assert whole(gate) == Named("hr_1")
    assert ledger(stage, Event.PEOPLE_IDENTIFIED)[-1].note == {"by": "provider"}


def test_the_provider_can_name_somebody_by_their_sign_in_name(
    gate: Gate, provider: Provider
) -> None:
    rule = IdentityProvider(provider.address, CLIENT, SECRET, "preferred_username")
    gate = replace(gate, rulebook={**gate.rulebook, IdentityProvider: rule})
    provider.told = {"preferred_username": "HR_1"}
    assert whole(gate) == Named("hr_1")


@pytest.mark.parametrize(
    "told",
    [
        {"email": "hr_1@service.example"},
        {"email": "hr_1@service.example", "email_verified": False},
        {"email": "hr_1@service.example", "email_verified": "true"},
        {"email": "nobody@service.example", "email_verified": True},
        {"email": ["hr_1@service.example"], "email_verified": True},
        {},
    ],
)
def test_the_provider_cannot_name_somebody_without_a_verified_address(
    stage: Stage, gate: Gate, provider: Provider, told: dict[str, object]
) -> None:
    provider.told = told
    assert whole(gate) is ProviderFault.NOBODY
    assert refused(stage) == ["provider_nobody"]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"aud": ["safeshare-test", "another-client"], "azp": "another-client"},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
        {"nonce": "another nonce"},
    ],
)
def test_a_token_for_somebody_else_cannot_count(
    stage: Stage, gate: Gate, provider: Provider, claims: dict[str, object]
) -> None:
    provider.claims = claims
    if "sub" in claims:
        provider.claims = {"exp": None}
    assert whole(gate) is ProviderFault.TOKEN
    assert refused(stage) == ["provider_token"]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_token_of_another_time_cannot_count(gate: Gate, provider: Provider, minutes: int) -> None:
    provider.now += minutes * 60
    assert whole(gate) is ProviderFault.TOKEN


def test_a_token_that_another_key_signed_cannot_count(gate: Gate, provider: Provider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert whole(gate) is ProviderFault.TOKEN


def test_a_token_that_is_signed_with_a_shared_secret_cannot_count(
    gate: Gate, provider: Provider
) -> None:
    provider.algorithm, provider.signs_with = "HS256", OctKey.import_key(SECRET * 2)
    assert whole(gate) is ProviderFault.TOKEN


def test_an_answer_to_another_journey_cannot_count(stage: Stage, gate: Gate) -> None:
    mine, other = gone(gate), gone(gate)
    code, state = came_back(other)
    assert judged(gate, mine, code, state) is ProviderFault.STATE
    assert judged(gate, mine, code, mine.state) is ProviderFault.TOKEN, "PKCE binds the code"
    assert refused(stage) == ["provider_state", "provider_token"]


def test_a_code_cannot_be_used_twice(gate: Gate) -> None:
    journey = gone(gate)
    code, state = came_back(journey)
    assert isinstance(judged(gate, journey, code, state), Named)
    assert judged(gate, journey, code, state) is ProviderFault.TOKEN


def test_somebody_whom_the_provider_sent_back_without_a_code_cannot_go_on(gate: Gate) -> None:
    journey = gone(gate)
    assert judged(gate, journey, "", journey.state) is ProviderFault.REFUSED


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "slash"])
def test_a_provider_that_is_out_of_reach_or_another_cannot_be_gone_to(
    stage: Stage, gate: Gate, provider: Provider, address: str
) -> None:
    address = f"{provider.address}/" if address == "slash" else address
    rule = IdentityProvider(address, CLIENT, SECRET)
    gate = replace(gate, rulebook={**gate.rulebook, IdentityProvider: rule})
    found = gate.run(begin_at_provider, Visitor(), BACK)
    assert found is ProviderFault.UNREACHABLE
    assert refused(stage) == ["provider_unreachable"]
