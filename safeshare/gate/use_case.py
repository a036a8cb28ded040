"""Declaring a use case: the one thing that a route, a task or a command may call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from safeshare.gate.door import Door
from safeshare.policy.actions import Action
from safeshare.policy.rules import Facts

C_contra = TypeVar("C_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


def _no_facts(_door: Door, _command: object) -> Facts:
    return Facts()


@dataclass(frozen=True, slots=True)
class UseCase(Generic[C_contra, R_co]):
    """Something that somebody can do: its action, how to find its facts, and what it does."""

    action: Action
    facts: Callable[[Door, Any], Facts]
    perform: Callable[[Door, C_contra], R_co]

    @property
    def name(self) -> str:
        """The name of the function behind it."""
        return self.perform.__name__


def use_case(
    action: Action, facts: Callable[[Door, Any], Facts] | None = None
) -> Callable[[Callable[[Door, C_contra], R_co]], UseCase[C_contra, R_co]]:
    """Turn a function of a door and a command into a use case under `action`.

    `facts` finds what the policy needs to know; without it the actor alone decides.
    """

    def declare(perform: Callable[[Door, C_contra], R_co]) -> UseCase[C_contra, R_co]:
        return UseCase(action, facts or _no_facts, perform)

    return declare
