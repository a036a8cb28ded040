"""Passkeys as the WebAuthn standard (Level 3) has them: what a browser is asked, and whether what
it answers is right. The user is always verified by the passkey itself, with a PIN or a finger.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from safeshare.kernel.errors import WrongSecretError

CHALLENGE_BYTES = 32
_PRF_SALT = sha256(b"safeshare passkey unlock 1").digest()
"""What every passkey is asked to make its secret of. Public: the secret differs by passkey."""

_MOST_LETTERS = 12_000


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks: the host name, as WebAuthn's RP ID, and the origin of our pages."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What a browser sent: the credential as JSON, and the passkey's own secret if any."""

    credential: str = field(repr=False)
    prf: str = field(default="", repr=False)

    @property
    def secret(self) -> bytes | None:
        """The 32 bytes of the passkey's own; None where there are none, or other than 32."""
        try:
            found = _unwritten(self.prf)
        except ValueError:
            return None
        return found if len(found) == sha256().digest_size else None


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was just made, and proved that it is there."""

    credential_id: bytes
    public_key: bytes
    count: int


def registration_request(
    party: RelyingParty, staff_id: UUID, name: str, known: Sequence[bytes], challenge: bytes
) -> dict[str, Any]:
    """What the browser is asked in order to make a passkey that can be found without a name."""
    # WebAuthn takes most of half a second to import, and only these pages need it.
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=staff_id.bytes,
        user_name=name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return _with_prf(json.loads(webauthn.options_to_json(options)))


def sign_in_request(
    party: RelyingParty, challenge: bytes, allowed: Sequence[bytes] = ()
) -> dict[str, Any]:
    """What the browser is asked in order to sign in: with a passkey that is `allowed`, or with any
    that it has for us.
    """
    # See above.
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=challenge,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in allowed],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return _with_prf(json.loads(webauthn.options_to_json(options)))


def made_passkey(party: RelyingParty, challenge: bytes, answered: Answered) -> NewPasskey:
    """The passkey that a browser says it made. Raises WrongSecretError where it is not right."""
    # See above.
    import webauthn

    try:
        found = webauthn.verify_registration_response(
            credential=_parsed(answered),
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:  # The library lets errors of several parsers through.
        raise WrongSecretError("the passkey was not made as it should be") from error
    return NewPasskey(found.credential_id, found.credential_public_key, found.sign_count)


def checked_count(
    party: RelyingParty, challenge: bytes, answered: Answered, passkey: NewPasskey
) -> int:
    """The passkey's counter after it signed our challenge. Raises WrongSecretError where it did
    not, or where its counter went back, as that of a copy would.
    """
    # See above.
    import webauthn

    try:
        found = webauthn.verify_authentication_response(
            credential=_parsed(answered),
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.count,
            require_user_verification=True,
        )
    except Exception as error:  # The library lets errors of several parsers through.
        raise WrongSecretError("the passkey did not sign as it should") from error
    return int(found.new_sign_count)


def named_in(answered: Answered, owner: UUID | None = None) -> tuple[UUID, bytes] | None:
    """Whose passkey a browser says it used, and which. Nothing of it is proved.

    Where only `owner` was asked, a browser need not name them, and may name nobody else (WebAuthn
    Level 3, section 7.2, step 6).
    """
    try:
        found = _parsed(answered)
        handle = found["response"].get("userHandle")
        named = owner if handle is None and owner else UUID(bytes=_unwritten(handle))
        return (named, _unwritten(found["rawId"])) if owner in (None, named) else None
    except (AttributeError, KeyError, TypeError, ValueError, WrongSecretError):
        return None


def written(raw: bytes) -> str:
    """Bytes as WebAuthn's JSON has them: base64url without padding (RFC 4648 section 5)."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _unwritten(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _parsed(answered: Answered) -> dict[str, Any]:
    if len(answered.credential) > _MOST_LETTERS:
        raise WrongSecretError("the passkey's answer is too long")
    try:
        found = json.loads(answered.credential)
    except ValueError:
        raise WrongSecretError("the passkey's answer is not readable") from None
    if not isinstance(found, dict):
        raise WrongSecretError("the passkey's answer is not readable")
    return found


def _with_prf(options: dict[str, Any]) -> dict[str, Any]:
    return options | {"extensions": {"prf": {"eval": {"first": written(_PRF_SALT)}}}}
