"""The organisation's own sign-in (OpenID Connect Core 1.0): it says who somebody is, and no more.

It stands for typing a sign-in name. What unlocks the private key, a passphrase beside the second
factor or a passkey, is asked for as ever: whoever controls the provider can name anybody and open
nothing.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest
from typing import Any

from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.people.account_queries import find_staff_by_email
from safeshare.people.queries import find_staff_by_sign_in_name
from safeshare.people.rules import normal_sign_in_name
from safeshare.policy.actions import Action

PATIENCE_SECONDS = 5
"""How long the provider may take for each of our questions."""

LEEWAY_SECONDS = 60
"""By how much the provider's clock may differ from ours."""

_ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "RS512", "ES384"]
"""Signatures that we take (RFC 7518 section 3.1): none that is made with a shared secret."""


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """The provider of this installation, from its settings. `claim` names the account: `email`,
    which the provider must have verified, or one that holds the sign-in name. Without `issuer`
    there is none.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    claim: str = "email"


class ProviderFault(StrEnum):
    """Why the provider's word does not count."""

    UNREACHABLE = "provider_unreachable"
    STATE = "provider_state"
    REFUSED = "provider_refused"
    TOKEN = "provider_token"  # noqa: S105  # A code for the ledger.
    NOBODY = "provider_nobody"


@dataclass(frozen=True, slots=True)
class Journey:
    """A visitor's way to the provider. All but `address` is kept in their sealed session."""

    address: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Return:
    """What the visitor came back with, and what their session kept."""

    code: str = field(repr=False)
    state: str = field(repr=False)
    journey: Journey
    back: str


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the provider named."""

    sign_in_name: str


class _RefusedError(Exception):
    """The provider's answer does not count, for the reason of a fault."""

    def __init__(self, fault: ProviderFault) -> None:
        super().__init__(fault)
        self.fault = fault


@use_case(Action.PEOPLE_SIGN_IN)
def begin_at_provider(door: Door, back: str) -> Journey | ProviderFault:
    """Where to send a visitor, who comes back to the address `back` (code flow with PKCE)."""
    provider = door.rule(IdentityProvider)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    try:
        endpoint = _metadata(provider)["authorization_endpoint"]
    except _RefusedError as error:
        return _noted(door, error.fault)
    address, state = _client(provider, back).create_authorization_url(
        endpoint, nonce=nonce, code_verifier=verifier
    )
    return Journey(str(address), str(state), nonce, verifier)


@use_case(Action.PEOPLE_SIGN_IN)
def return_from_provider(door: Door, command: Return) -> Named | ProviderFault:
    """Whom the provider named, once its token was judged: signature, issuer, audience, nonce and
    time (OpenID Connect Core 1.0 section 3.1.3.7).
    """
    if not compare_digest(command.state.encode(), command.journey.state.encode()):
        return _noted(door, ProviderFault.STATE)
    if not command.code:
        return _noted(door, ProviderFault.REFUSED)
    try:
        claims = _claims(door, command)
    except _RefusedError as error:
        return _noted(door, error.fault)
    named = _find(door, claims)
    if named is None:
        return _noted(door, ProviderFault.NOBODY)
    door.record(Event.PEOPLE_IDENTIFIED, by="provider")
    return named


def _noted(door: Door, fault: ProviderFault) -> ProviderFault:
    door.record(Event.PEOPLE_SIGN_IN_FAILED, why=fault)
    return fault


def _find(door: Door, claims: Mapping[str, Any]) -> Named | None:
    claim = door.rule(IdentityProvider).claim
    told = claims.get(claim)
    if not isinstance(told, str) or not told:
        return None
    if claim == "email":
        is_verified = claims.get("email_verified") is True
        member = find_staff_by_email(door.read, told) if is_verified else None
    else:
        member = find_staff_by_sign_in_name(door.read, normal_sign_in_name(told))
    return Named(member.sign_in_name) if member is not None else None


def _claims(door: Door, command: Return) -> Mapping[str, Any]:
    # Authlib takes a second to import, and only installations with a provider need it.
    from authlib.common.errors import AuthlibBaseError
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
    from joserfc.jwt import decode
    from requests import RequestException

    provider = door.rule(IdentityProvider)
    metadata = _metadata(provider)
    try:
        token = _client(provider, command.back).fetch_token(
            metadata["token_endpoint"],
            code=command.code,
            code_verifier=command.journey.verifier,
            timeout=PATIENCE_SECONDS,
        )
        keys = KeySet.import_key_set(_fetched(metadata["jwks_uri"]))
        decoded = decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "values": [provider.issuer]},
                "aud": {"essential": True, "values": [provider.client_id]},
            },
            {
                "nonce": command.journey.nonce,
                "client_id": provider.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(int(door.clock.security_now().timestamp()), LEEWAY_SECONDS)
    except RequestException as error:
        raise _RefusedError(ProviderFault.UNREACHABLE) from error
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
        raise _RefusedError(ProviderFault.TOKEN) from error
    return dict(claims)


def _client(provider: IdentityProvider, back: str) -> Any:
    # See above.
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope="openid email profile",
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _metadata(provider: IdentityProvider) -> dict[str, Any]:
    """What the provider says of itself. Its issuer must be the one that we asked (OpenID Connect
    Discovery 1.0 section 4.3).
    """
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    found: dict[str, Any] = _fetched(address)
    wanted = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
    if found.get("issuer") != provider.issuer or not wanted <= found.keys():
        raise _RefusedError(ProviderFault.UNREACHABLE)
    return found


def _fetched(address: str) -> Any:
    # See above.
    import requests

    try:
        answer = requests.get(address, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        found = answer.json()
    except requests.RequestException as error:
        raise _RefusedError(ProviderFault.UNREACHABLE) from error
    if not isinstance(found, dict):
        raise _RefusedError(ProviderFault.UNREACHABLE)
    return found
