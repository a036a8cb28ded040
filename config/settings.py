"""The settings of one installation, frozen, read once from a mapping such as the environment."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = Path(__file__).resolve().parent / "defaults"
PREFIX = "SAFESHARE_"


CONTENT_SUITES = {"aes-256-gcm": 1, "chacha20-poly1305": 2}
"""The ciphers that new keys of a case can be for, with the bytes that stand for them."""

KEY_SUITES = {"mlkem768-x25519": 2, "x25519": 1}
"""The suites that people's new keys can be of, with the bytes that stand for them."""


class SettingsError(Exception):
    """A setting is missing or makes no sense. The message says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Mail:
    """The relay for content-free mail. It belongs outside the employer's network."""

    host: str
    port: int
    sender: str
    username: str | None
    password: str | None
    starttls: bool
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class Oidc:
    """The organisation's own sign-in, which says who somebody is (OpenID Connect)."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another.

    `is_demo` serves both apps from one host over plain HTTP and lets the business clock be moved.
    Without `redis_url` the web process runs the worker inside itself. `content_suite` is the cipher
    of new keys of cases, `key_suite` that of people's; what is sealed in another stays readable.
    """

    is_demo: bool
    organisation: str
    database_url: str
    data_folder: Path
    keys_folder: Path
    redis_url: str | None
    reporter_host: str | None
    staff_host: str | None
    bind: str
    web_processes: int
    web_threads: int
    sweep_seconds: int
    mail: Mail
    page_webhook: str | None
    scanner: str | None
    oidc: Oidc | None
    content_suite: int
    key_suite: int

    @property
    def may_be_demo(self) -> bool:
        """Whether the database may be a demo's, with a clock that was moved: what runs for a real
        service has host names.
        """
        return self.is_demo or self.reporter_host is None

    @property
    def is_embedded(self) -> bool:
        """Whether the worker runs inside the web process."""
        return self.redis_url is None

    @classmethod
    def from_mapping(cls, given: Mapping[str, str]) -> "Settings":
        """Read `SAFESHARE_*`; a name with `_FILE` at its end names a file that holds the value.

        Raises SettingsError on anything that makes no sense.
        """
        read = _Reader(given)
        is_demo = read.flag("DEMO", default=False)
        data = Path(read.text("DATA_FOLDER", str(ROOT / "instance" / "data")))
        return cls(
            is_demo=is_demo,
            organisation=read.text("ORGANISATION", "Estuary Fire and Rescue Service"),
            database_url=read.text("DATABASE_URL", f"sqlite:///{data / 'safeshare.db'}"),
            data_folder=data,
            keys_folder=Path(read.text("KEYS_FOLDER", str(ROOT / "instance" / "keys"))),
            redis_url=read.optional("REDIS_URL"),
            reporter_host=read.optional("REPORTER_HOST"),
            staff_host=read.optional("STAFF_HOST"),
            bind=read.text("BIND", "127.0.0.1:8000"),
            web_processes=read.number("WEB_PROCESSES", 1),
            web_threads=read.number("WEB_THREADS", 8),
            sweep_seconds=read.number("SWEEP_SECONDS", 60 if not is_demo else 5),
            mail=_mail(read),
            page_webhook=read.optional("PAGE_WEBHOOK"),
            scanner=_scanner(read),
            oidc=_oidc(read, is_demo=is_demo),
            content_suite=read.choice("CONTENT_SUITE", CONTENT_SUITES, "aes-256-gcm"),
            key_suite=read.choice("KEY_SUITE", KEY_SUITES, "mlkem768-x25519"),
        )

    def insist_on_two_hosts(self) -> None:
        """Raise SettingsError where the two apps would share a host outside the demo.

        For the processes of a running installation. An operator's command looks at whatever
        database it is given, a demo's as well.
        """
        if self.is_demo:
            return
        if not self.reporter_host or not self.staff_host:
            raise SettingsError(
                "Set SAFESHARE_REPORTER_HOST and SAFESHARE_STAFF_HOST: outside the demo the two "
                "apps need a host name each, so that they share no cookie and no page."
            )
        if self.reporter_host == self.staff_host:
            raise SettingsError(
                "SAFESHARE_REPORTER_HOST and SAFESHARE_STAFF_HOST must be different host names."
            )


def defaults(name: str) -> dict[str, Any]:
    """One of the files in `config/defaults`, parsed."""
    with (DEFAULTS / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _scanner(read: "_Reader") -> str | None:
    """The address of a ClamAV daemon: `unix:/path` or `host:port`."""
    address = read.optional("CLAMD")
    if address and not address.startswith("unix:/") and not address.rpartition(":")[2].isdecimal():
        raise SettingsError(f"{PREFIX}CLAMD must be unix:/PATH or HOST:PORT.")
    return address


def _mail(read: "_Reader") -> Mail:
    return Mail(
        host=read.text("SMTP_HOST", "127.0.0.1"),
        port=read.number("SMTP_PORT", 1025),
        sender=read.text("MAIL_FROM", "no-reply@messages.example"),
        username=read.optional("SMTP_USERNAME"),
        password=read.optional("SMTP_PASSWORD"),
        starttls=read.flag("SMTP_STARTTLS", default=False),
        timeout_seconds=read.number("SMTP_TIMEOUT_SECONDS", 10),
    )


def _oidc(read: "_Reader", *, is_demo: bool) -> Oidc | None:
    issuer = read.optional("OIDC_ISSUER")
    if issuer is None:
        return None
    if not issuer.startswith("https://") and not is_demo:
        raise SettingsError("SAFESHARE_OIDC_ISSUER must begin with https://.")
    client_id, secret = read.optional("OIDC_CLIENT_ID"), read.optional("OIDC_CLIENT_SECRET")
    if not client_id or not secret:
        raise SettingsError(
            "SAFESHARE_OIDC_ISSUER needs SAFESHARE_OIDC_CLIENT_ID and "
            "SAFESHARE_OIDC_CLIENT_SECRET_FILE."
        )
    return Oidc(issuer, client_id, secret, read.text("OIDC_CLAIM", "email"))


class _Reader:
    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def optional(self, name: str) -> str | None:
        direct = self._given.get(PREFIX + name)
        file = self._given.get(f"{PREFIX}{name}_FILE")
        if direct and file:
            raise SettingsError(f"Set {PREFIX}{name} or {PREFIX}{name}_FILE, not both.")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                raise SettingsError(f"{PREFIX}{name}_FILE cannot be read: {file}") from error
        return direct or None

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def number(self, name: str, default: int) -> int:
        value = self.optional(name)
        if value is None:
            return default
        if not value.isdecimal():
            raise SettingsError(f"{PREFIX}{name} must be a whole number.")
        return int(value)

    def choice(self, name: str, known: Mapping[str, int], default: str) -> int:
        value = self.text(name, default)
        if value not in known:
            raise SettingsError(f"{PREFIX}{name} must be one of: {', '.join(known)}.")
        return known[value]

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.optional(name)
        if value is None:
            return default
        if value not in {"0", "1"}:
            raise SettingsError(f"{PREFIX}{name} must be 1 or 0.")
        return value == "1"
