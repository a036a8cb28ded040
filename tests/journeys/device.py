"""Chromium's virtual authenticator, for the stories with a passkey."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession

from tests.journeys.conftest import Visits
from tests.journeys.member import Member


@dataclass
class Device:
    """Chromium's virtual authenticator, with a person before it who is always willing."""

    session: CDPSession
    name: str = ""

    def plug_in(self, *, has_prf: bool) -> None:
        """Let the browser find it."""
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            "hasPrf": has_prf,
        }
        made: dict[str, Any] = self.session.send(
            "WebAuthn.addVirtualAuthenticator", {"options": options}
        )
        self.name = made["authenticatorId"]

    def refuse(self) -> None:
        """Let its owner refuse from now on."""
        self.session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.name, "isUserVerified": False}
        )


def with_device(visits: Visits, address: str, *, has_prf: bool) -> tuple[Member, Device]:
    """Somebody at a browser with an authenticator, who goes by the host name that passkeys need."""
    somebody = visits(Member, scripts=True)
    somebody.address = address
    device = Device(somebody.page.context.new_cdp_session(somebody.page))
    device.plug_in(has_prf=has_prf)
    return somebody, device
