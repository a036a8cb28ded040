"""What the tests of the rules share: the settings that ship."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from safeshare.concerns.rules import RoutingRule, load_routing
from safeshare.people.rules import QueueSettings, load_queues
from safeshare.themes.rules import Vocabulary, load_vocabulary
from safeshare.updates.rules import Timetable, load_timetable

DEFAULTS = Path(__file__).parents[2] / "config" / "defaults"


def shipped(name: str) -> Mapping[str, Any]:
    """A settings file as it ships, parsed."""
    return tomllib.loads((DEFAULTS / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def queues() -> tuple[QueueSettings, ...]:
    return load_queues(shipped("queues"))


@pytest.fixture(scope="session")
def routing(queues: tuple[QueueSettings, ...]) -> tuple[RoutingRule, ...]:
    return load_routing(shipped("routing"), [queue.code for queue in queues])


@pytest.fixture(scope="session")
def timetable() -> Timetable:
    return load_timetable(shipped("timetable"))


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary(shipped("vocabulary"))
