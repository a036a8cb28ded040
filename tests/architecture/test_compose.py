"""The production that docker-compose.yml describes agrees with the product.

No container engine is at hand where this is tested, so each promise is compared with the code.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from config.settings import Settings
from safeshare.kernel.errors import MisconfiguredError
from safeshare.vault import KeyFiles
from tests.architecture.compose import (
    DATABASE_URL,
    Service,
    copied_into_image,
    environment_of,
    is_allowed_into_image,
    keys_given_to,
    our_services,
    read_compose,
    services,
)
from tests.architecture.source import ROOT

OURS = our_services()
NAMED = [service.name for service in OURS]
LASTING = ["reporter", "staff", "worker", "beat", "postgres", "redis", "mail-catcher"]


class Watched(Mapping[str, str]):
    """An environment that remembers which of its names were asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values_given = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_given)

    def __len__(self) -> int:
        return len(self.values_given)


@pytest.mark.parametrize("service", OURS, ids=NAMED)
def test_a_service_can_start_with_its_environment(service: Service, tmp_path: Path) -> None:
    environment = Watched(environment_of(service, tmp_path))
    settings = Settings.from_mapping(environment)
    assert not settings.is_demo
    assert not settings.is_embedded
    assert settings.database_url == DATABASE_URL
    assert set(environment) - environment.asked == set()


@pytest.mark.parametrize("service", services().values(), ids=services())
def test_a_secret_cannot_stand_in_the_environment(service: Service) -> None:
    secret = ("PASSWORD", "SECRET", "TOKEN", "DATABASE_URL", "WEBHOOK")
    plain = [name for name in service.environment if not name.endswith("_FILE")]
    assert [name for name in plain if any(word in name for word in secret)] == []


@pytest.mark.parametrize("service", services().values(), ids=services())
def test_a_service_can_read_each_secret_that_it_names(service: Service) -> None:
    named = {
        value.removeprefix("/run/secrets/")
        for value in service.environment.values()
        if value.startswith("/run/secrets/")
    }
    assert named == set(service.given.get("secrets", []))
    assert named <= set(read_compose()["secrets"])


@pytest.mark.parametrize(
    ("name", "load"), [("reporter", KeyFiles.load_for_reporters), ("staff", KeyFiles.load)]
)
def test_a_web_process_can_load_its_keys_but_cannot_have_the_workers(
    name: str, load: Callable[[Path], KeyFiles], tmp_path: Path
) -> None:
    keys = load(keys_given_to(services()[name], tmp_path))
    assert keys.pepper
    assert keys.worker_public("contact").raw
    with pytest.raises(MisconfiguredError):
        keys.worker_private("contact")


def test_the_reporter_app_cannot_have_what_staff_sign_in_with(tmp_path: Path) -> None:
    folder = keys_given_to(services()["reporter"], tmp_path)
    given = {path.name for path in folder.iterdir()}
    assert not given & {"accounts", "head", "worker"}
    with pytest.raises(MisconfiguredError):
        KeyFiles.load(folder)


def test_a_worker_can_load_its_keys_but_cannot_have_the_webs(tmp_path: Path) -> None:
    folder = keys_given_to(services()["worker"], tmp_path)
    assert KeyFiles.load_for_worker(folder).worker_private("themes").raw
    given = {path.name for path in folder.iterdir()}
    assert given == {"head", "ledger", "newest", "public", "worker"}


@pytest.mark.parametrize("name", ["migrate", "beat", "postgres", "redis"])
def test_a_service_that_opens_nothing_cannot_have_keys(name: str) -> None:
    mounts = services()[name].mounts
    assert [place for place, source in mounts.items() if "keys" in place + source] == []


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_service_cannot_be_without_a_health_check(name: str) -> None:
    assert services()[name].health_command


@pytest.mark.parametrize("service", OURS, ids=NAMED)
def test_a_service_cannot_gain_rights_or_write_outside_its_scratch(service: Service) -> None:
    given = service.given
    assert given["read_only"] is True
    assert given["cap_drop"] == ["ALL"]
    assert given["security_opt"] == ["no-new-privileges:true"]
    assert given["ulimits"]["core"] == 0


def test_nobody_can_learn_of_a_visit_from_the_reporter_apps_log() -> None:
    assert services()["reporter"].given["logging"] == {"driver": "none"}


def test_redis_cannot_keep_anything() -> None:
    redis = services()["redis"]
    assert redis.command == ["redis-server", "--save", "", "--appendonly", "no"]
    assert redis.mounts == {}
    assert redis.given["tmpfs"] == ["/data"]


def test_the_database_and_redis_cannot_be_reached_from_outside() -> None:
    assert read_compose()["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert services()[name].given["networks"] == ["inside"]
        assert "ports" not in services()[name].given


@pytest.mark.parametrize("name", ["reporter", "staff", "mail-catcher"])
def test_a_port_can_be_reached_from_this_machine_only(name: str) -> None:
    assert all(str(port).startswith("127.0.0.1:") for port in services()[name].given["ports"])


def test_the_image_can_be_built_from_what_the_checkout_has() -> None:
    copied = copied_into_image()
    assert {"bin", "config", "migrations", "safeshare", "worker", "uv.lock"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert [name for name in copied if not is_allowed_into_image(name)] == []
    assert not is_allowed_into_image("secrets/keys/pepper")
    assert not is_allowed_into_image("instance/data/safeshare.db")


def test_the_image_cannot_run_as_root() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    assert len(stages) == 3
    user = [line for line in stages[-1].splitlines() if line.startswith("USER ")]
    assert user == ["USER 10001:10001"]


def test_the_databases_log_cannot_hold_statements_or_details_of_rows() -> None:
    command = services()["postgres"].command
    settings = {word for before, word in pairwise(command) if before == "-c"}
    assert {"log_statement=none", "log_error_verbosity=terse", "log_min_messages=fatal"} <= settings


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        ("reporter", {"session", "newest"}),
        ("staff", {"session", "newest", "head"}),
        ("worker", {"head"}),
    ],
)
def test_a_process_can_write_where_it_must_and_no_key_that_lasts(
    name: str, folders: set[str]
) -> None:
    mounted = [volume.split(":") for volume in services()[name].given["volumes"]]
    writable = {words[1] for words in mounted if words[2:] != ["ro"]}
    assert writable == {f"/run/keys/{folder}" for folder in folders}


def test_only_the_migration_can_sign_in_as_the_owner_of_the_tables() -> None:
    given = {service.name: set(service.given.get("secrets", [])) for service in OURS}
    owners = {name for name, secrets in given.items() if "database_url_owner" in secrets}
    assert owners == {"migrate"}
    assert "database_url" not in given["worker"] | given["beat"] | given["operator"]


def test_the_roles_that_sign_in_are_those_that_the_migration_gives_rights() -> None:
    migration = (ROOT / "migrations/versions/0002_ledger_only_grows.py").read_text()
    script = (ROOT / "config/postgres/make_roles.sh").read_text()
    head = (ROOT / "docker-compose.yml").read_text().split("\nname:")[0]
    for role, rights in (
        ("safeshare_apps", "safeshare_web"),
        ("safeshare_background", "safeshare_worker"),
    ):
        assert f"make_role {role} {rights} " in script
        assert f'"{rights}"' in migration
        assert f"//{role}:" in head
    assert services()["postgres"].given["environment"]["POSTGRES_USER"] == "safeshare_owner"


def test_somebody_who_tries_the_mail_catcher_can_read_every_setting_it_needs() -> None:
    head = (ROOT / "docker-compose.yml").read_text().split("\nname:")[0]
    for setting in ("HOST=mail-catcher", "PORT=1025", "STARTTLS=0"):
        assert f"SAFESHARE_SMTP_{setting}" in head
