"""From an invitation to the first sign-in; passkeys; the organisation's own sign-in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import pyotp
import pytest
from playwright.sync_api import CDPSession

from safeshare.app import create_app
from safeshare.people.service.identity_provider import IdentityProvider
from tests.cast import PASSPHRASE, Stage
from tests.journeys.conftest import Visits, served
from tests.journeys.staff import MOUNT, Colleague
from tests.services.identity_provider import CLIENT, SECRET, Provider, provider_running
from tests.use_cases.inviting import GOOD

pytestmark = pytest.mark.journey

NEW = "r.osei"


@dataclass
class Member(Colleague):
    """Somebody with an account, or who is about to have one."""

    def invites(self, stage: Stage, role: str, *queues: str) -> str:
        """Invite Rhoda Osei. Returns the link, which is shown once."""
        self.signs_in(stage, "administrator").opens(f"{MOUNT}/accounts")
        self.presses("Invite somebody").reads("Whom do you invite?")
        self.fills("Name", "Rhoda Osei").fills("Job title", "Case worker")
        self.fills("Work e-mail address", "r.osei@service.example").fills("Sign-in name", NEW)
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
        self.fills("Six digits", "000000").presses("Continue").reads("Try the next")
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


@pytest.fixture
def member(visits: Visits, scripts: bool) -> Member:
    return visits(Member, scripts=scripts)


def test_an_invited_person_can_join_sign_in_and_look_after_their_account(
    visits: Visits, member: Member, scripts: bool, sqlite_stage: Stage
) -> None:
    administrator = visits(Member, scripts=scripts)
    link = administrator.invites(sqlite_stage, "Leader")
    phone, code = member.begins(link).adds_an_app(sqlite_stage)
    member.opens(link).reads("This link was used before")
    member.gives(GOOD, phone.at(sqlite_stage.time.now)).reads("are wrong")
    sqlite_stage.time.advance(seconds=30)
    member.gives(GOOD, phone.at(sqlite_stage.time.now)).reads("Themes")
    member.presses("Your account").reads("10 are left").presses("Recent sign-ins")
    member.reads("Signed in with six digits, in a new browser", "had been used before")
    member.opens(f"{MOUNT}/account/sign-out-everywhere").presses("Sign out everywhere")
    member.reads("You have signed out everywhere").gives(GOOD, code)
    member.opens(f"{MOUNT}/account").reads("9 are left")
    administrator.opens(f"{MOUNT}/accounts").reads("Rhoda Osei").finds_no("Invited, and not here")


def test_a_proposed_overseer_can_act_once_another_overseer_approved_it(
    visits: Visits, member: Member, scripts: bool, sqlite_stage: Stage
) -> None:
    administrator = visits(Member, scripts=scripts)
    member.begins(administrator.invites(sqlite_stage, "Overseer")).adds_an_app(sqlite_stage)
    administrator.opens(f"{MOUNT}/accounts").presses("Rhoda Osei")
    administrator.reads("Waiting for an approval")
    overseer = visits(Member, scripts=scripts)
    overseer.signs_in(sqlite_stage, "overseer").opens(f"{MOUNT}/accounts/proposed-roles")
    overseer.presses("Approve (Rhoda Osei, Overseer)").reads("You approved the role.")
    administrator.opens(f"{MOUNT}/accounts").presses("Rhoda Osei")
    administrator.finds_no("Waiting for an approval").presses("Change what they do")
    administrator.reads("What will they do?").presses("Save").reads("You changed what they do.")


def test_the_last_administrator_cannot_end_their_own_account(
    member: Member, sqlite_stage: Stage
) -> None:
    member.signs_in(sqlite_stage, "administrator").opens(f"{MOUNT}/accounts")
    member.presses("Administrator").presses("End the account").reads("End this account?")
    member.presses("End the account").reads("There is no other administrator")


def test_somebody_who_comes_back_to_an_open_screen_is_asked_for_both_factors(
    member: Member, sqlite_stage: Stage
) -> None:
    member.signs_in(sqlite_stage, "administrator")
    sqlite_stage.time.advance(minutes=16)
    member.opens(f"{MOUNT}/accounts/invite").reads("Is it still you?")
    member.fills("Passphrase", PASSPHRASE).fills("Six digits", "000000").presses("Continue")
    member.reads("are wrong").fills("Passphrase", PASSPHRASE)
    member.fills("Six digits", sqlite_stage.six_digits("administrator")).presses("Continue")
    member.reads("Whom do you invite?")


def test_whoever_forgot_their_passphrase_can_choose_another(
    member: Member, sqlite_stage: Stage
) -> None:
    member.opens(f"{MOUNT}/sign-in").presses("I forgot my passphrase")
    member.fills("Sign-in name", "hr_1")
    member.fills("Recovery code", sqlite_stage.enrolled["hr_1"].recovery_code)
    member.fills("Six digits", sqlite_stage.six_digits("hr_1")).fills("New passphrase", GOOD)
    member.presses("Save and sign in").reads("Your queue")


def test_somebody_can_change_every_factor(member: Member, sqlite_stage: Stage) -> None:
    member.signs_in(sqlite_stage, "hr_1").opens(f"{MOUNT}/account/passphrase")
    member.fills("New passphrase", GOOD).presses("Change the passphrase")
    member.reads("You changed your passphrase").opens(f"{MOUNT}/account/phone")
    secret = "".join(member.page.locator(".ss-secret").inner_text().split())
    member.fills("Six digits", pyotp.TOTP(secret).at(sqlite_stage.time.now))
    member.presses("Use this phone").reads("come from this phone now")
    member.opens(f"{MOUNT}/account/backup-codes").presses("Make new codes")
    member.reads("These are shown this once").opens(f"{MOUNT}/account/recovery-code")
    member.presses("Make a new code").reads("It is shown this once")


# Passkeys need scripts, and a host name: Chromium takes no passkey for a bare address.


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


@pytest.fixture
def named_address(sqlite_stage: Stage) -> Iterator[str]:
    with served(create_app(sqlite_stage.system)) as found:
        yield found.replace("127.0.0.1", "localhost")


def with_device(visits: Visits, address: str, *, has_prf: bool) -> tuple[Member, Device]:
    somebody = visits(Member, scripts=True)
    somebody.address = address
    device = Device(somebody.page.context.new_cdp_session(somebody.page))
    device.plug_in(has_prf=has_prf)
    return somebody, device


def test_a_passkey_with_a_secret_of_its_own_can_sign_in_alone(
    visits: Visits, named_address: str, sqlite_stage: Stage
) -> None:
    member, _device = with_device(visits, named_address, has_prf=True)
    member.signs_in(sqlite_stage, "hr_1").opens(f"{MOUNT}/account").presses("Add a passkey")
    member.fills("What do you call it?", "blue key").presses("Make the passkey")
    member.reads("You added a passkey.", "Unlocks your key by itself")
    member.presses("Sign out").presses("Use a passkey").presses("Use your passkey")
    member.reads("Your queue")
    sqlite_stage.time.advance(minutes=16)
    member.opens(f"{MOUNT}/account/backup-codes").reads("Is it still you?")
    member.presses("Use a passkey instead").presses("Use your passkey").reads("New backup codes")


def test_a_passkey_without_a_secret_needs_the_passphrase_beside_it(
    visits: Visits, named_address: str, sqlite_stage: Stage
) -> None:
    member, device = with_device(visits, named_address, has_prf=False)
    member.signs_in(sqlite_stage, "hr_1").opens(f"{MOUNT}/account/passkeys/new")
    member.fills("What do you call it?", "old key").presses("Make the passkey")
    member.reads("Needs your passphrase beside it").presses("Sign out")
    member.presses("Use a passkey").presses("Use your passkey").reads("Enter your passphrase")
    member.fills("Passphrase", "not the passphrase").presses("Sign in")
    member.reads("The passphrase is wrong").fills("Passphrase", PASSPHRASE)
    member.presses("Sign in").reads("Your queue").presses("Sign out").presses("Use a passkey")
    device.refuse()
    member.page.get_by_role("button", name="Use your passkey").click()
    member.reads("That did not work")


def test_an_invited_person_can_join_with_a_passkey(
    visits: Visits, named_address: str, sqlite_stage: Stage
) -> None:
    administrator = visits(Member, scripts=True)
    link = administrator.invites(sqlite_stage, "Leader")
    member, _device = with_device(visits, named_address, has_prf=True)
    member.begins(link).chooses("A passkey").presses("Continue")
    member.fills("What do you call it?", "phone").presses("Make the passkey")
    member.keeps_the_codes()
    member.presses("Use a passkey").presses("Use your passkey").reads("Themes")


def test_a_passkey_cannot_be_used_without_scripts_and_the_page_says_so(
    visits: Visits, sqlite_stage: Stage
) -> None:
    member = visits(Member, scripts=False)
    member.opens(f"{MOUNT}/sign-in").presses("Use a passkey")
    member.reads("A passkey needs JavaScript").presses("Use your passkey")
    member.reads("This passkey cannot sign in here")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_running() as running:
        yield running


@pytest.fixture
def address(
    sqlite_stage: Stage, provider: Provider, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The product, with an organisation's own sign-in beside it."""
    system = sqlite_stage.system
    provider.now = sqlite_stage.time.now.timestamp()
    rule = IdentityProvider(provider.address, CLIENT, SECRET)
    rulebook = {**system.gate.rulebook, IdentityProvider: rule}
    system = replace(system, gate=replace(system.gate, rulebook=rulebook))
    with served(create_app(system)) as found:
        yield found


@pytest.fixture
def elsewhere(provider: Provider) -> str:
    """The provider is another site that people may be sent to."""
    return provider.address


def test_somebody_can_begin_with_the_organisations_sign_in_and_unlock_their_key_here(
    member: Member, provider: Provider, sqlite_stage: Stage
) -> None:
    member.goes_by_way_of_the_provider("**/sign-in/unlock").reads("Unlock your key", "hr_1")
    member.fills("Passphrase", "the employer's password").fills("Six digits", "000000")
    member.presses("Sign in").reads("are wrong").fills("Passphrase", PASSPHRASE)
    member.fills("Six digits", sqlite_stage.six_digits("hr_1")).presses("Sign in")
    member.reads("Your queue")


def test_somebody_whom_the_provider_does_not_name_rightly_cannot_go_on(
    member: Member, provider: Provider, sqlite_stage: Stage
) -> None:
    provider.told = {"email": "nobody@service.example", "email_verified": True}
    member.goes_by_way_of_the_provider("**/organisation/done**").reads(
        "nobody here has an account under that name"
    )
    member.opens(f"{MOUNT}/sign-in/organisation/done?code=x&state=y")
    member.reads("did not belong to a sign-in that began in this browser")
    member.opens(f"{MOUNT}/sign-in/unlock").reads("Sign in once more")
