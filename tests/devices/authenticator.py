"""A passkey of software, which answers as WebAuthn (Level 3) says that a browser does.

It signs with ES256 and can make a secret of its own (PRF), as far as a relying party can tell.
"""

import hashlib
import hmac
import json
import os
import struct
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from safeshare.people.service.webauthn import Answered, written

_PRESENT, _VERIFIED, _ATTESTED = 1, 4, 64


@dataclass
class Authenticator:
    """One passkey for one relying party. `verifies`: it asks for a PIN; `has_prf`: see above.

    Without `names_owner` it keeps back whose it is where it was asked for by its number, as the
    standard lets it.
    """

    origin: str = "http://localhost"
    host: str = "localhost"
    has_prf: bool = True
    verifies: bool = True
    names_owner: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    owner: bytes = b""
    _seed: bytes = field(default_factory=lambda: os.urandom(32))

    def make(self, options: dict[str, Any]) -> Answered:
        """Make the passkey that these options ask for."""
        from_user: str = options["user"]["id"]
        self.owner = _bytes(from_user)
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(_ATTESTED) + attested + self._public_key()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": written(self._client_data("webauthn.create", options)),
            "attestationObject": written(attestation),
        }
        return self._answered(response, options)

    def use(self, options: dict[str, Any]) -> Answered:
        """Sign what these options ask for."""
        self.count += 1
        data, client = self._data(), self._client_data("webauthn.get", options)
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": written(client),
            "authenticatorData": written(data),
            "signature": written(self.key.sign(signed, ec.ECDSA(SHA256()))),
        }
        if self.names_owner or not options.get("allowCredentials"):
            response["userHandle"] = written(self.owner)
        return self._answered(response, options)

    def _answered(self, response: dict[str, str], options: dict[str, Any]) -> Answered:
        name = written(self.credential_id)
        credential = {"id": name, "rawId": name, "type": "public-key", "response": response}
        asked = options["extensions"]["prf"]["eval"]["first"]
        secret = hmac.digest(self._seed, _bytes(asked), "sha256") if self.has_prf else b""
        return Answered(json.dumps(credential), written(secret))

    def _data(self, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + struct.pack(">I", self.count)

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return bytes(cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y}))


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
