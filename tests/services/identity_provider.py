"""An OpenID Connect provider of software: a real HTTP server with real keys and RS256 signatures.

It checks what a provider checks: the client's secret, the address to come back to, the code, and
the proof that whoever redeems the code also asked for it (PKCE, RFC 7636).
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "safeshare-test", "a secret of the test's client"


@dataclass
class Provider:
    """What the provider says. A test changes `told` to make it lie, and `now` to move its clock.

    `back` is the one address that it sends people back to, once a test has set it.
    """

    address: str = ""
    now: float = 0.0
    back: str = ""
    told: dict[str, Any] = field(
        default_factory=lambda: {"email": "hr_1@service.example", "email_verified": True}
    )
    claims: dict[str, Any] = field(default_factory=dict)
    nonce: str | None = None
    algorithm: str = "RS256"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | OctKey | None = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def metadata(self) -> dict[str, object]:
        """What the provider says of itself."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where somebody goes who has signed in at the provider."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert not self.back or asked["redirect_uri"] == self.back
        code = secrets.token_urlsafe(16)
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], authorization: str) -> dict[str, str] | None:
        """The tokens for a code, once; None for a client, a code or a proof that is not right."""
        asked = self.asked.pop(sent.get("code", ""), None)
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        client = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or challenge != asked["code_challenge"]:
            return None
        if authorization != f"Basic {client}" or sent["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self._id_token(asked),
        }

    def _id_token(self, asked: dict[str, str]) -> str:
        claims = {
            "iss": self.address,
            "sub": "248289761001",
            "aud": CLIENT,
            "iat": int(self.now),
            "exp": int(self.now) + 300,
            "nonce": asked["nonce"] if self.nonce is None else self.nonce,
            **self.told,
            **self.claims,
        }
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, claims, self.signs_with or self.key, algorithms=[self.algorithm])


class _Handler(BaseHTTPRequestHandler):
    """Answers for the provider of its server."""

    server: "_Server"

    def do_GET(self) -> None:
        provider, parts = self.server.provider, urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._say(200, provider.metadata())
        elif parts.path == "/keys":
            self._say(200, {"keys": [provider.key.as_dict(private=False)]})
        elif parts.path == "/authorize":
            asked = {name: one[0] for name, one in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", provider.authorize(asked))
            self.end_headers()
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: one[0] for name, one in parse_qs(body).items()}
        found = self.server.provider.token(sent, self.headers.get("Authorization", ""))
        if found is None:
            self._say(400, {"error": "invalid_grant"})
        else:
            self._say(200, found)

    def _say(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """A server with the provider that it answers for."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def provider_running() -> Iterator[Provider]:
    """A provider on a free port of this machine for the length of a `with` block."""
    provider = Provider()
    server = _Server(provider)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
