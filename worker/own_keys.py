"""Every process that seals to the worker, or opens what is, follows its key files by the clock."""

from threading import Event, Thread

from safeshare.wiring import System
from worker.telling import Complaint

EVERY_SECONDS = 15
"""How long a process may go on with older key files. New ones are written an hour before they are
in use at the latest.
"""


def follow_worker_keys(system: System, leaving: Event, every: float = EVERY_SECONDS) -> Thread:
    """Read the worker's key files again and again until the process leaves, in a thread. By the
    clock alone: the time at which a file was last read tells of no visitor. What is wrong with them
    is said in the log, and what was read before stays in use.
    """
    thread = Thread(target=_follow, args=(system, leaving, every), daemon=True)
    thread.start()
    return thread


def _follow(system: System, leaving: Event, every: float) -> None:
    complaint = Complaint("the worker's key files")
    while not leaving.wait(every):
        with complaint:
            system.gate.vault.read_worker_keys_anew()
