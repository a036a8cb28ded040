"""From an invitation to the first sign-in; passkeys; the organisation's own sign-in."""

from collections.abc import Iterator
from dataclasses import replace

import pyotp
import pytest

from safeshare.app import create_app
from safeshare.people.service.identity_provider import IdentityProvider
from tests.cast import PASSPHRASE, Stage
from tests.journeys.conftest import Visits, served
from tests.journeys.device import with_device
from tests.journeys.member import Member
from tests.journeys.staff import MOUNT
from tests.services.identity_provider import CLIENT, SECRET, Provider, provider_running
from tests.use_cases.inviting import GOOD

pytestmark = pytest.mark.journey

NEW = "r.osei"


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
    member.reads("Who do you want to invite?")


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


def test_whom_the_organisation_named_can_unlock_their_key_with_a_passkey_of_theirs_alone(
    visits: Visits, address: str, sqlite_stage: Stage
) -> None:
    named = address.replace("127.0.0.1", "localhost")
    for name in ("hr_1", "hr_2"):
        member, _device = with_device(visits, named, has_prf=True)
        member.signs_in(sqlite_stage, name).opens(f"{MOUNT}/account/passkeys/new")
        member.fills("What do you call it?", "blue key").presses("Make the passkey")
        member.presses("Sign out").goes_by_way_of_the_provider("**/sign-in/unlock")
        member.reads("Unlock your key", "hr_1").presses("Use a passkey instead")
        member.reads("Unlock your key with a passkey", "hr_1")
        member.page.get_by_role("button", name="Use your passkey").click()
        member.reads("Your queue" if name == "hr_1" else "That did not work")


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
