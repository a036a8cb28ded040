"""Builds the product from its settings. The only reader of `config` outside the worker."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import select

from config.settings import Settings as Settings
from config.settings import SettingsError, defaults
from safeshare.casework.service.files import SEALED_REASONS
from safeshare.casework.service.stepping_aside import leave_case
from safeshare.concerns.rules import RoutingRule, load_routing
from safeshare.concerns.service.attaching import SEALED_ATTACHMENTS
from safeshare.concerns.service.overseers import end_watches
from safeshare.concerns.service.rotation import SEALED_DOCUMENTS, SealedTables
from safeshare.concerns.service.routing import FirstRouting
from safeshare.db.session import Database
from safeshare.files.service.keeping import FileDesk
from safeshare.files.service.scanning import Scanner
from safeshare.gate import Gate, Leaving
from safeshare.kernel.clocks import Clock
from safeshare.kernel.errors import MisconfiguredError
from safeshare.mailbox.service.messages import SEALED_MESSAGES
from safeshare.outbox.rules import MailKind
from safeshare.outbox.service.relay import Relay
from safeshare.outbox.service.sending import AddressBook
from safeshare.outbox.service.webhook import Webhook
from safeshare.people.models import Installation
from safeshare.people.rules import QueueSettings, load_queues
from safeshare.people.service.addresses import work_address
from safeshare.people.service.identity_provider import IdentityProvider
from safeshare.people.service.invitations import invitation_address, invitation_link
from safeshare.people.service.membership import Coming
from safeshare.themes.rules import Vocabulary, cell_by_cell, load_vocabulary
from safeshare.themes.service.release import DisclosureRule
from safeshare.updates.rules import Timetable, load_timetable
from safeshare.updates.service.addresses import nudge_address
from safeshare.vault import (
    KeyFiles,
    LaneLimits,
    NewestRevisions,
    Permits,
    SessionKeys,
    Vault,
    forbid_memory_dumps,
    give_memory_back,
)

_log = logging.getLogger(__name__)

SEND_SECONDS = 5.0
"""How long somebody waits whose concern is being sent, before it is refused for now."""

SESSION_KEY_DAYS = 7
"""How old the newest session key may be when a web process starts (blueprint section 4)."""

DEMO_CLOCK_SECONDS = 1.0
"""How long a process may go on with an old offset after a demo's clock was advanced."""


@dataclass(frozen=True)
class System:
    """One process's worth of the product."""

    settings: Settings
    database: Database
    gate: Gate


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises MisconfiguredError where they make no sense."""
    try:
        return Settings.from_mapping(os.environ if environment is None else environment)
    except SettingsError as error:
        raise MisconfiguredError(str(error)) from error


def read_running_settings() -> Settings:
    """The settings of a process that serves or works for as long as the installation runs.

    Raises MisconfiguredError where they make no sense or would let the two apps share a host.
    """
    settings = read_settings()
    try:
        settings.insist_on_two_hosts()
    except SettingsError as error:
        raise MisconfiguredError(str(error)) from error
    return settings


def build(settings: Settings, *, keys: KeyFiles | None = None, durable: bool = True) -> System:
    """Open the database and the key files and put the gate before them.

    Without `durable` a crash may lose everything: only for filling a new database.

    Raises MisconfiguredError where a key file is missing or open to others.
    """
    database = open_database(settings, durable=durable)
    vault = Vault(
        keys or KeyFiles.load(settings.keys_folder),
        _permits(settings),
        content_suite=settings.content_suite,
        key_suite=settings.key_suite,
    )
    clock = Clock(_DemoOffset(database)) if settings.may_be_demo else Clock()
    rules = {
        **rulebook(),
        Webhook: Webhook(settings.page_webhook),
        FileDesk: FileDesk(Scanner(settings.scanner)),
        IdentityProvider: _identity_provider(settings),
    }
    return System(settings, database, Gate(database, vault, clock, rules))


def build_reporter(settings: Settings) -> System:
    """The same for the reporter app's own process, which never reads what staff sign in with."""
    return build(settings, keys=KeyFiles.load_for_reporters(settings.keys_folder))


def build_worker(settings: Settings) -> System:
    """The same for a worker's own process, which reads the worker's keys and no others."""
    return build(settings, keys=KeyFiles.load_for_worker(settings.keys_folder))


def build_keyless(settings: Settings) -> System:
    """The same for a process that opens no seal: the scheduler and the health checks."""
    return build(settings, keys=KeyFiles.load_nothing(settings.keys_folder))


def create_keys(settings: Settings) -> bool:
    """Make the key files of a new installation. False where it has some."""
    if (settings.keys_folder / "pepper").exists():
        return False
    KeyFiles.create(settings.keys_folder, settings.key_suite)
    return True


def begin_revisions(settings: Settings) -> bool:
    """Begin the file of newest revisions where it is missing or damaged. Whether it was."""
    return NewestRevisions.begin_again(settings.keys_folder / "newest")


def session_keys(settings: Settings) -> SessionKeys:
    """The server's half of the keys that open sessions."""
    return SessionKeys(settings.keys_folder / "session")


def renew_old_session_key(settings: Settings) -> bool:
    """Rotate the session keys where the newest is more than a week old. Whether they were.

    Of several processes that start at once one rotates; the others find a new key. A process that
    may not write there says so in the log, and goes on with the keys that it has.
    """
    folder = settings.keys_folder / "session"
    keys = session_keys(settings)
    try:
        with keys.alone():
            dated = (path for path in folder.iterdir() if path.name.isdecimal())
            written = max(path.stat().st_mtime for path in dated)
            age = Clock().security_now() - datetime.fromtimestamp(written, UTC)
            if age <= timedelta(days=SESSION_KEY_DAYS):
                return False
            keys.rotate()
    except OSError:
        _log.warning("The session keys are due and cannot be renewed: is %s read-only?", folder)
        return False
    return True


def open_database(settings: Settings, *, durable: bool = True) -> Database:
    """The installation's database. On one machine its folder is made, for its owner alone."""
    if settings.database_url.startswith("sqlite"):
        settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(settings.database_url, pool_size=settings.web_threads, durable=durable)


def mail_relay(settings: Settings) -> Relay:
    """The relay that mail is handed to."""
    mail = settings.mail
    return Relay(
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        username=mail.username,
        password=mail.password,
        starttls=mail.starttls,
        timeout_seconds=mail.timeout_seconds,
    )


def protect_memory() -> None:
    """Keep this process's memory out of core dumps and debuggers, and keep little of it, as far as
    the machine can.
    """
    forbid_memory_dumps()
    give_memory_back()


def rulebook() -> Mapping[type, object]:
    """The rules of this installation, read from `config/defaults`."""
    return {
        FirstRouting: FirstRouting(default_routing()),
        Timetable: load_timetable(defaults("timetable")),
        Vocabulary: load_vocabulary(defaults("vocabulary")),
        DisclosureRule: DisclosureRule(cell_by_cell),
        SealedTables: SealedTables(
            (SEALED_DOCUMENTS, SEALED_MESSAGES, SEALED_ATTACHMENTS, SEALED_REASONS)
        ),
        Leaving: Leaving(leave_case),
        Coming: Coming(end_watches),
        AddressBook: AddressBook(
            {
                MailKind.NUDGE: nudge_address,
                MailKind.DIGEST: work_address,
                MailKind.PAGE: work_address,
                MailKind.ALERT: work_address,
                MailKind.SIGN_IN: work_address,
                MailKind.INVITATION: invitation_address,
            },
            {MailKind.INVITATION: invitation_link},
        ),
    }


def default_queues() -> tuple[QueueSettings, ...]:
    """The queues that a new installation starts with."""
    return load_queues(defaults("queues"))


def default_routing() -> tuple[RoutingRule, ...]:
    """The routing order that a new installation starts with."""
    return load_routing(defaults("routing"), {queue.code for queue in default_queues()})


def information() -> Mapping[str, object]:
    """What the information pages say about this organisation, unchecked."""
    return defaults("support")


def _identity_provider(settings: Settings) -> IdentityProvider:
    """The organisation's own sign-in; an empty one where it has none."""
    if settings.oidc is None:
        return IdentityProvider()
    given = settings.oidc
    return IdentityProvider(given.issuer, given.client_id, given.client_secret, given.claim)


def _permits(settings: Settings) -> Permits:
    """One stretch at a time for each kind of secret. Sending a concern is refused last of all: as
    many may wait for it as the process has threads.
    """
    return Permits(send=LaneLimits(most_waiting=settings.web_threads, longest_wait=SEND_SECONDS))


class _DemoOffset:
    """How far the business clock of a demo database is ahead, looked up at most once a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = timedelta(0)
        self._until = 0.0

    def __call__(self) -> timedelta:
        if monotonic() >= self._until:
            with self._database.reading() as session:
                days = session.scalar(
                    select(Installation.business_days).where(Installation.is_demo)
                )
            self._known = timedelta(days=days or 0)
            self._until = monotonic() + DEMO_CLOCK_SECONDS
        return self._known
