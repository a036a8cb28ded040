"""What is done where an older database was put back: every session of before ends by itself.

The worker finds it within a minute, and a web process when it starts (`Book.sign_head`); that
begins an era, in a file beside the ledger's head. Processes that have the session keys look there.
"""

import logging

from sqlalchemy.exc import DatabaseError

from safeshare import wiring
from safeshare.db.session import UNAVAILABLE
from safeshare.gate.keeping import note_sessions_ended, sign_head
from safeshare.kernel.actors import Worker
from safeshare.kernel.errors import MisconfiguredError

_log = logging.getLogger(__name__)

_FAILURES: tuple[type[Exception], ...] = (
    MisconfiguredError,
    OSError,
    DatabaseError,
    *UNAVAILABLE,
)


def look_for_older_database(system: wiring.System) -> None:
    """Sign the head, where this process keeps one, and end every session where it is found that an
    older database was put back: before anybody is let in.
    """
    if not _keeps_head(system):
        return
    try:
        system.gate.run(sign_head, Worker(), None)
    except _FAILURES as error:
        _log.warning("The ledger's head was not looked at: %s", _said_of(error))
    end_sessions_of_before(system)


def end_sessions_of_before(system: wiring.System) -> bool:
    """End every session of both apps, and every mark of a browser, where an older database was put
    back since that was last done. Whether it was. Of several processes one does it, and notes it in
    the ledger; where that fails it is done again.
    """
    keys, head = system.gate.vault.keys.session_keys, system.gate.door(Worker()).book.head_file
    try:
        if not _keeps_head(system) or keys.ended().era == head.era():
            return False
        with keys.alone():
            era = head.era()
            if keys.ended().era == era:
                return False
            keys.end_all_sessions()
            system.gate.run(note_sessions_ended, Worker(), "put_back")
            keys.note_era(era)
    except _FAILURES as error:
        _log.warning("The sessions of before could not be ended: %s", _said_of(error))
        return False
    return True


def _said_of(error: Exception) -> str:
    """Our own words name the file; those of a database may hold content."""
    return str(error) if isinstance(error, MisconfiguredError) else type(error).__name__


def _keeps_head(system: wiring.System) -> bool:
    """Whether this process was given the head's folder. The reporter app's is not where it runs
    apart: the staff app ends the sessions of both.
    """
    return system.gate.vault.head_folder.exists()
