"""Passkeys in Chromium, with its virtual authenticator. They need scripts, and a host name: no
browser takes a passkey for a bare address.
"""

from collections.abc import Iterator

import pytest

from safeshare.app import create_app
from tests.cast import PASSPHRASE, Stage
from tests.journeys.conftest import Visits, served
from tests.journeys.device import with_device
from tests.journeys.member import Member
from tests.journeys.staff import MOUNT

pytestmark = pytest.mark.journey


@pytest.fixture
def named_address(sqlite_stage: Stage) -> Iterator[str]:
    with served(create_app(sqlite_stage.system)) as found:
        yield found.replace("127.0.0.1", "localhost")


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
