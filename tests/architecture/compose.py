"""Reads docker-compose.yml and the Dockerfile the way the engines would, as far as tests need."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from safeshare.vault import KeyFiles
from tests.architecture.source import ROOT

ANSWERS = {
    "SAFESHARE_ORGANISATION": "Estuary Fire and Rescue Service",
    "SAFESHARE_REPORTER_HOST": "speak.example",
    "SAFESHARE_STAFF_HOST": "cases.example",
    "SAFESHARE_SMTP_HOST": "relay.example",
    "SAFESHARE_MAIL_FROM": "post@messages.example",
}
"""What the person who starts it is asked for."""

DATABASE_URL = "postgresql://u:p@postgres/s"
CONTENTS = {
    "database_url": DATABASE_URL,
    "database_url_owner": DATABASE_URL,
    "database_url_worker": DATABASE_URL,
    "page_webhook": "https://pager.example/call",
}
"""What stands in the files of the secrets that must make sense."""

_VARIABLE = re.compile(r"\$\{(\w+):([?-])([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the compose file, its variables filled in."""

    name: str
    given: dict[str, Any]

    @property
    def is_ours(self) -> bool:
        """Whether it runs SafeShare's own image."""
        return str(self.given["image"]).startswith("safeshare:")

    @property
    def command(self) -> list[str]:
        """The words after the image's entry point."""
        return [str(word) for word in self.given["command"]]

    @property
    def environment(self) -> dict[str, str]:
        """The environment, as the process sees it."""
        return {name: str(value) for name, value in self.given.get("environment", {}).items()}

    @property
    def mounts(self) -> dict[str, str]:
        """The folder or file of the host for each place in the container."""
        bound = [str(volume).split(":") for volume in self.given.get("volumes", [])]
        return {words[1]: words[0] for words in bound}

    @property
    def health_command(self) -> list[str]:
        """The command that tells whether the service is well."""
        form, *words = self.given["healthcheck"]["test"]
        if form != "CMD":
            raise ValueError(form)
        return [str(word) for word in words]


def _fill_in(found: re.Match[str]) -> str:
    name, kind, default = found.groups()
    return ANSWERS[name] if kind == "?" else ANSWERS.get(name, default)


def read_compose() -> dict[str, Any]:
    """The compose file with its variables filled in."""
    text = _VARIABLE.sub(_fill_in, (ROOT / "docker-compose.yml").read_text())
    parsed: dict[str, Any] = yaml.safe_load(text)
    return parsed


def services() -> dict[str, Service]:
    """Every service by its name."""
    return {name: Service(name, given) for name, given in read_compose()["services"].items()}


def our_services() -> list[Service]:
    """The services that run SafeShare's own image."""
    return [service for service in services().values() if service.is_ours]


def copied_into_image() -> list[str]:
    """What the Dockerfile copies from the checkout, in order."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copies = [line.split()[1:] for line in lines if line.startswith("COPY ")]
    return [name for words in copies if not words[0].startswith("--") for name in words[:-1]]


def is_allowed_into_image(name: str) -> bool:
    """Whether .dockerignore lets `name` through: everything is ignored but what it lists."""
    allowed = [
        line[1:]
        for line in Path(ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    return any(name == one or name.startswith(f"{one}/") for one in allowed)


def environment_of(service: Service, secrets: Path) -> dict[str, str]:
    """The service's environment, with each secret's file in a folder of this test."""
    for name in service.given.get("secrets", []):
        (secrets / name).write_text(CONTENTS.get(name, "a secret"))
    return {
        name: value.replace("/run/secrets", str(secrets))
        for name, value in service.environment.items()
    }


def keys_given_to(service: Service, tmp_path: Path) -> Path:
    """The key folder that `service` sees, made from a new installation's."""
    made, seen = tmp_path / "secrets" / "keys", tmp_path / "seen"
    made.parent.mkdir()
    KeyFiles.create(made)
    seen.mkdir(mode=0o700)
    for inside, outside in service.mounts.items():
        source = tmp_path / outside
        target = seen / Path(inside).relative_to(service.environment["SAFESHARE_KEYS_FOLDER"])
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    return seen
