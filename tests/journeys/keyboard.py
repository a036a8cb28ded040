"""Somebody who uses the keyboard and nothing else."""

from dataclasses import dataclass
from typing import Self

from tests.journeys.person import Person

MOST_PRESSES = 80
"""More than the longest page has things to stop at."""

_NAME = """() => {
  const one = document.activeElement;
  const told = one.labels && one.labels.length ? one.labels[0] : one;
  return one.tagName === "BODY" ? "" : told.textContent.trim().replace(/\\s+/g, " ");
}"""
_GROUP = "() => [...document.getElementsByName(document.activeElement.name)].length"


@dataclass
class Typist(Person):
    """Reaches everything with Tab, arrow keys, Space, Enter and by typing."""

    def reaches(self, *names: str) -> Self:
        """Press Tab until one of these has the focus."""
        stops = []
        for _ in range(MOST_PRESSES):
            self.page.keyboard.press("Tab")
            stops.append(self.focused)
            if stops[-1] in names:
                return self
        raise AssertionError(f"no way to {names} by keyboard, only to {stops}")

    @property
    def focused(self) -> str:
        """What is said of the part that has the focus."""
        return str(self.page.evaluate(_NAME))

    def enters(self, name: str) -> Self:
        """Go to a button or link, and press Enter."""
        self.reaches(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self.arrives()

    def picks(self, first: str, wanted: str) -> Self:
        """Go to the first radio, and with the arrow keys on to another."""
        self.reaches(first).page.keyboard.press("Space")
        for _ in range(int(self.page.evaluate(_GROUP))):
            if self.focused == wanted:
                return self
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not lead to {wanted}")

    def ticks(self, name: str) -> Self:
        """Go to a box, and press Space."""
        self.reaches(name).page.keyboard.press("Space")
        return self

    def types(self, name: str, text: str) -> Self:
        """Go to a field, and type."""
        self.reaches(name).page.keyboard.type(text)
        return self
