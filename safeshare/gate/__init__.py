"""The one door: every use case passes the policy, runs in one transaction and leaves an entry."""

from safeshare.gate.door import Door
from safeshare.gate.gate import Gate, Leaving
from safeshare.gate.session_rows import SessionRows
from safeshare.gate.use_case import UseCase, use_case
from safeshare.policy.rules import Facts

__all__ = ["Door", "Facts", "Gate", "Leaving", "SessionRows", "UseCase", "use_case"]
