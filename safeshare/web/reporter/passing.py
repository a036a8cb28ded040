"""How the reporter's pages reach the one door."""

from datetime import datetime
from typing import TypeVar

from flask import Flask, current_app

from safeshare.gate import UseCase
from safeshare.kernel.actors import Actor, Stranger
from safeshare.wiring import System

C = TypeVar("C")
R = TypeVar("R")

_EXTENSION = "safeshare.system"


def serve_from(app: Flask, system: System) -> None:
    """Tell the app's pages which system they belong to."""
    app.extensions[_EXTENSION] = system


def run(case: UseCase[C, R], command: C, actor: Actor | None = None) -> R:
    """Do something, as a stranger where no actor is given."""
    return system().gate.run(case, actor or Stranger(), command)


def security_now() -> datetime:
    """The real instant, by which sessions and codes expire."""
    return system().gate.clock.security_now()


def system() -> System:
    """The product behind this app."""
    found: System = current_app.extensions[_EXTENSION]
    return found
