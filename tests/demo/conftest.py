"""The story that the demo's tests read."""

from datetime import date

import pytest

from safeshare.demo.story import Story, tell_story

SUNDAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def story() -> Story:
    """The story of one Sunday."""
    return tell_story(SUNDAY)
