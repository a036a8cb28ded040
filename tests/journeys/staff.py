"""The staff's way, page by page."""

from dataclasses import dataclass
from typing import Self

from tests.cast import PASSPHRASE, Stage
from tests.journeys.person import Person
from tests.use_cases.handlers import holders_of

MOUNT = "/staff"


@dataclass
class Colleague(Person):
    """Somebody with an account."""

    def signs_in(self, stage: Stage, name: str) -> Self:
        """Type both factors; the six digits of the phone are good once."""
        self.opens(f"{MOUNT}/sign-in")
        return self.types_both_factors(stage, name)

    def types_both_factors(self, stage: Stage, name: str) -> Self:
        """Fill in the sign-in page that they are on."""
        stage.time.advance(seconds=30)
        self.fills("Sign-in name", name).fills("Passphrase", PASSPHRASE)
        return self.fills("Six digits", stage.six_digits(name)).presses("Sign in")

    def opens_case(self, reference: str) -> Self:
        """Go to a case from the queue, and declare on the way that they have no tie."""
        self.opens(f"{MOUNT}/").presses(reference).reads("Before you open it: do you have a tie?")
        self.chooses("No, I have no tie").presses("Save and continue")
        return self.reads(f"Case {reference}", "You declared that you have no tie.")

    def changes_status(self, status: str) -> Self:
        """Move the case on."""
        self.presses("Change the status").chooses(status).presses("Change the status")
        return self.reads("You changed the status.")

    def writes(self, text: str, *, asks: bool = False) -> Self:
        """Write to the reporter."""
        self.presses("Write a message").fills("Your message", text)
        if asks:
            self.chooses("I am asking a question: the case waits for their answer")
        return self.presses("Send the message").reads("Your message was sent.", text)


def somebody_who_holds(stage: Stage, reference: str) -> str:
    """The sign-in name of one of a case's holders."""
    return holders_of(stage, reference)[0]
