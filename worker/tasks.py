"""What the worker does. A task has no arguments: it looks into the database for what is due.

Each calls exactly one use case, again and again where that works in small batches.
"""

from collections.abc import Callable
from dataclasses import dataclass

from safeshare.casework.service.aftercare import end_aftercare
from safeshare.casework.service.overseeing import hand_on_watch
from safeshare.casework.service.watching import watch_cases
from safeshare.concerns.service.leavers import take_leavers_keys
from safeshare.concerns.service.paging import page_on_call
from safeshare.files.service.keeping import age_unsent_files
from safeshare.gate.keeping import check_ledger, collect_past_days, show_life, sign_head
from safeshare.kernel.actors import Worker
from safeshare.mailbox.service.expiring import expire_requests
from safeshare.outbox.service.sending import send_waiting_mail
from safeshare.oversight.service.caseload import count_caseload
from safeshare.people.service.keeping import purge_expired, queue_digests
from safeshare.themes.service.release import release_due_periods
from safeshare.updates.service.sweep import sweep_promises
from safeshare.wiring import System, mail_relay
from worker.queues import QueueName

MOST_BATCHES = 400
"""Where one sweep ends at the latest; the next one goes on."""

WORKER_LIFE = "worker"
BEAT_LIFE = "beat"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that the worker does, under the name that messages carry."""

    name: str
    queue: QueueName
    run: Callable[[System], object]


def sweep(system: System) -> None:
    """Do what promises that fall due bring about."""
    for _ in range(MOST_BATCHES):
        if not system.gate.run(sweep_promises, Worker(), None).parties:
            return


def page(system: System) -> None:
    """Call on-call people about danger. Once a minute: the countdown is in these calls."""
    system.gate.run(page_on_call, Worker(), None)


def mail(system: System) -> None:
    """Send the mail that waits for its first attempt, and pages however often they were tried."""
    send_waiting_mail(system.gate, mail_relay(system.settings))


def mail_again(system: System) -> None:
    """Send the mail that was refused before as well."""
    send_waiting_mail(system.gate, mail_relay(system.settings), again=True)


def digests(system: System) -> None:
    """Promise today's digests."""
    system.gate.run(queue_digests, Worker(), None)


def ledger(system: System) -> None:
    """Hang the reporters' entries of past days onto their chain."""
    system.gate.run(collect_past_days, Worker(), None)


def head(system: System) -> None:
    """Sign where the ledger ends, once a minute."""
    system.gate.run(sign_head, Worker(), None)


def caseload(system: System) -> None:
    """Count the open cases of every queue, once a day."""
    system.gate.run(count_caseload, Worker(), None)


def verify(system: System) -> None:
    """Look through the whole ledger for what was changed behind the program's back."""
    system.gate.run(check_ledger, Worker(), None)


def purge(system: System) -> None:
    """Throw away what has had its day."""
    system.gate.run(purge_expired, Worker(), None)


def release(system: System) -> None:
    """Freeze the releases of themes whose period is over."""
    system.gate.run(release_due_periods, Worker(), None)


def aftercare(system: System) -> None:
    """Close for good what has been in aftercare long enough."""
    for _ in range(MOST_BATCHES):
        if not system.gate.run(end_aftercare, Worker(), None):
            return


def watch(system: System) -> None:
    """Count who can open each case, and call those whom a case needs. Once a day."""
    system.gate.run(watch_cases, Worker(), None)


def overseers(system: System) -> None:
    """Hand on what overseers watched who are gone."""
    after = None
    for _ in range(MOST_BATCHES):
        after = system.gate.run(hand_on_watch, Worker(), after)
        if after is None:
            return


def files(system: System) -> None:
    """Throw away files that were not sent in two hours. The countdown is in these calls."""
    system.gate.run(age_unsent_files, Worker(), None)


def requests(system: System) -> None:
    """End what was asked about a reporter's name or wish and not decided in time."""
    for _ in range(MOST_BATCHES):
        if not system.gate.run(expire_requests, Worker(), None):
            return


def leavers(system: System) -> None:
    """Take the keys of people who have left. Once a day, so that its alarms come once a day."""
    after = None
    for _ in range(MOST_BATCHES):
        after = system.gate.run(take_leavers_keys, Worker(), after)
        if after is None:
            return


def heartbeat(system: System) -> None:
    """Show that messages arrive and are worked on."""
    system.gate.run(show_life, Worker(), WORKER_LIFE)


TASKS = (
    Task("page", QueueName.URGENT, page),
    Task("mail", QueueName.URGENT, mail),
    Task("files", QueueName.ROUTINE, files),
    Task("heartbeat", QueueName.ROUTINE, heartbeat),
    Task("sweep", QueueName.ROUTINE, sweep),
    Task("mail_again", QueueName.ROUTINE, mail_again),
    Task("digests", QueueName.ROUTINE, digests),
    Task("overseers", QueueName.ROUTINE, overseers),
    Task("watch", QueueName.ROUTINE, watch),
    Task("head", QueueName.ROUTINE, head),
    Task("ledger", QueueName.SLOW, ledger),
    Task("verify", QueueName.SLOW, verify),
    Task("caseload", QueueName.SLOW, caseload),
    Task("purge", QueueName.SLOW, purge),
    Task("aftercare", QueueName.SLOW, aftercare),
    Task("leavers", QueueName.SLOW, leavers),
    Task("requests", QueueName.SLOW, requests),
    Task("release", QueueName.SLOW, release),
)
"""Every task of the worker."""
