"""The way of somebody who is invited, and of whoever invites them."""

from dataclasses import dataclass
from typing import Self

import pyotp

from tests.cast import Stage
from tests.journeys.staff import MOUNT, Colleague
from tests.use_cases.inviting import GOOD

NEW = "r.osei"


@dataclass
class Member(Colleague):
    """Somebody with an account, or who is about to have one."""

    def invites(self, stage: Stage, role: str, *queues: str) -> str:
        """Invite Rhoda Osei. Returns the link, which is shown once."""
        self.signs_in(stage, "administrator").opens(f"{MOUNT}/accounts")
        self.presses("Invite somebody").reads("Who do you want to invite?")
        self.fills("Name", "Rhoda Osei").fills("Job title", "Case worker")
        self.fills("Work email address", "r.osei@service.example").fills("Sign-in name", NEW)
        self.presses("Continue").chooses(role).presses("Continue")
        if queues:
            self.chooses(*queues).presses("Continue")
        self.reads("Check the invitation", "Rhoda Osei", role).presses("Send the invitation")
        link = self.reads("It is shown this once").page.locator(".ss-secret").inner_text()
        self.opens(f"{MOUNT}/accounts").reads("Invited, and not here yet", "Rhoda Osei")
        return link.removeprefix(self.address)

    def begins(self, link: str) -> Self:
        """Open the link, and choose a passphrase."""
        self.opens(link).reads("Set up your account", "Rhoda Osei").presses("Start")
        self.fills("New passphrase", "password password").presses("Continue")
        self.reads("There is a problem", "Choose other words")
        self.fills("New passphrase", GOOD).presses("Continue")
        return self.reads("How will you prove that it is you?")

    def adds_an_app(self, stage: Stage) -> tuple[pyotp.TOTP, str]:
        """Give the secret to a phone. Returns the phone, and a backup code."""
        self.chooses("An authenticator app").presses("Continue")
        secret = self.page.locator(".ss-secret").inner_text()
        phone = pyotp.TOTP("".join(secret.split()))
        self.fills("Six digits", "000000").presses("Continue").reads(
            "Enter the six digits that your app shows now"
        )
        self.fills("Six digits", phone.at(stage.time.now)).presses("Continue")
        return phone, self.keeps_the_codes()

    def keeps_the_codes(self) -> str:
        """Print the codes, and finish. Returns one of the backup codes."""
        code = self.reads("Keep these codes").page.locator(".ss-codes code").first.inner_text()
        self.presses("Finish").reads("There is a problem")
        kept = (
            "I have printed these or written them down, and put them where only I can get at them"
        )
        self.chooses(kept).presses("Finish").reads("Your account is ready")
        return code

    def goes_by_way_of_the_provider(self, to: str) -> Self:
        """Follow the link to the provider, which sends them back at once, and our page that sends
        them on.
        """
        self.opens(f"{MOUNT}/sign-in")
        self.page.get_by_role("link", name="Begin with your organisation’s sign-in").click()
        self.page.wait_for_url(to)
        return self.arrives()

    def gives(self, passphrase: str, digits: str, name: str = NEW) -> Self:
        """Fill in the sign-in page."""
        self.opens(f"{MOUNT}/sign-in").fills("Sign-in name", name)
        self.fills("Passphrase", passphrase).fills("Six digits", digits)
        return self.presses("Sign in")
