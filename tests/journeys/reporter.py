"""The reporter's way, page by page."""

import re
from dataclasses import dataclass
from typing import Self

from tests.journeys.person import Person

SHARE, SUPPORT = "Share a concern", "Ask for support only"
CONCERN = "What happened, or what worries you?"
WISHES = "What would you like to happen? (optional)"
MORE = "Answer a few more questions first"
NOW = "Go on to check it and send it"

_REFERENCE = re.compile(r"SS-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass
class Reporter(Person):
    """Somebody who tells us of a concern."""

    def sets_out(self, *, danger: str = "No", want: str = SHARE) -> Self:
        """From the start page to the question of how they come to know about it."""
        self.opens("/").reads("Share a concern in confidence", "999")
        self.presses("Start now").reads("Is anybody in danger right now?")
        self.chooses(danger).presses("Continue").reads("What would you like to do?")
        return self.chooses(want).presses("Continue").reads("How do you come to know about it?")

    def chooses_to_be(self, mode: str, *, part: str = "I saw or heard it happen") -> Self:
        """Say how they know, and how they want to be known."""
        self.chooses(part).presses("Continue").reads("How would you like to be known?")
        return self.chooses(mode).presses("Continue")

    def gives_details(self, *, name: str, phone: str = "", reach: str = "") -> Self:
        """Say who they are."""
        self.reads("Who you are, and how to reach you").fills("Your name", name)
        self.fills("Telephone number", phone)
        return self.fills("How and when can we safely reach you?", reach).presses("Continue")

    def tells(self, concern: str, wishes: str = "") -> Self:
        """Say what happened."""
        self.reads("What you want us to know").fills(CONCERN, concern).fills(WISHES, wishes)
        return self.presses("Continue").reads("Do you want to send it now?")

    def sends(self) -> str:
        """Send what is on the page of all answers. Returns the reference."""
        self.reads("Check before you send", "Nothing has been sent yet.").presses("Send")
        self.reads("We have it. Now save your access code")
        return self.reference

    @property
    def reference(self) -> str:
        """The reference on the page."""
        found = _REFERENCE.search(self.page.content())
        assert found is not None
        return found[0]

    @property
    def words(self) -> list[str]:
        """The access code on the page."""
        return self.page.locator(".ss-code__text").all_inner_texts()

    @property
    def asked_words(self) -> dict[str, str]:
        """The two words that prove the code, by the labels of their fields."""
        labels = [
            label.strip()
            for label in self.page.locator("label").all_inner_texts()
            if label.startswith("Word ")
        ]
        return {label: self.words[int(label.removeprefix("Word ")) - 1] for label in labels}

    def proves_the_code(self) -> Self:
        """Type the two words, one wrongly at first."""
        asked = self.asked_words
        assert len(asked) == 2
        wrong, right = asked
        another = "zebra" if asked[wrong] != "zebra" else "gecko"
        self.fills(wrong, another).fills(right, asked[right]).presses("I have saved it")
        self.reads("There is a problem", f"{wrong} is not right")
        for label, word in asked.items():
            self.fills(label, word)
        return self.presses("I have saved it").reads("Thank you. That took courage")

    def comes_back(self, words: list[str]) -> Self:
        """Open the mailbox with the access code, once mistyped."""
        self.opens("/").presses("Read your messages").fills("Access code", " ".join(words[:-1]))
        self.presses("Open my messages").reads("Enter all 8 words: there are 7 here")
        self.fills("Access code", " ".join(words)).presses("Open my messages")
        return self.reads("Your messages", "What we promised you")

    def writes(self, text: str) -> Self:
        """Write a message in the mailbox."""
        return (
            self.fills("Write a message", text)
            .presses("Send message")
            .reads("Your message was sent.", text)
        )
