"""What the database itself lets the program do to the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from safeshare import migrate, wiring
from safeshare.casework.service.aftercare import end_aftercare
from safeshare.gate.keeping import collect_past_days, show_life, sign_head
from safeshare.kernel.actors import Worker
from safeshare.people.service.keeping import purge_expired
from safeshare.updates.service.sweep import sweep_promises
from tests.cast import Stage
from tests.services.postgres import Postgres
from tests.use_cases.handlers import attested, opened

ROLES = {"safeshare_apps": "safeshare_web", "safeshare_background": "safeshare_worker"}
BENT = {
    "change": "UPDATE ledger_entry SET event = 'people:signed_in'",
    "delete": "DELETE FROM ledger_entry",
    "truncate": "TRUNCATE ledger_entry",
    "change what waits": "UPDATE ledger_day SET event = 'people:signed_in'",
    "truncate what waits": "TRUNCATE ledger_day",
    "drop": "DROP TABLE ledger_entry",
    "disable": "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "make a table": "CREATE TABLE public.own (id integer)",
    "pass for another schema": "UPDATE alembic_version SET version_num = '0009'",
}


@contextmanager
def signed_in(engine: Engine, role: str) -> Iterator[Engine]:
    """A connection as one of the program's roles, in place of the owner."""
    rights = ROLES[role]
    with engine.begin() as connection:
        known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role})
        if not known:
            connection.execute(text(f"CREATE ROLE {role} LOGIN IN ROLE {rights}"))
    own = create_engine(engine.url.set(username=role))
    try:
        yield own
    finally:
        own.dispose()


def stage_of(stage: Stage, engine: Engine) -> Stage:
    """The same installation, reached as one of the program's roles."""
    url = engine.url.render_as_string(hide_password=False)
    settings = replace(stage.system.settings, database_url=url)
    system = wiring.build(settings)
    gate = replace(system.gate, clock=stage.gate.clock, vault=stage.gate.vault)
    return replace(stage, system=replace(system, gate=gate))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", BENT)
def test_the_program_cannot_bend_the_ledger_on_postgresql(
    postgres_stage: Stage, role: str, what: str
) -> None:
    postgres_stage.submit()
    with signed_in(postgres_stage.system.database.engine, role) as own, own.connect() as connection:
        with pytest.raises(ProgrammingError) as refused:
            connection.execute(text(BENT[what]))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_only_the_worker_can_take_what_waits_for_its_day(postgres_stage: Stage) -> None:
    postgres_stage.submit()
    engine = postgres_stage.system.database.engine
    with (
        signed_in(engine, "safeshare_apps") as own,
        own.connect() as connection,
        pytest.raises(ProgrammingError),
    ):
        connection.execute(text("DELETE FROM ledger_day"))
    with signed_in(engine, "safeshare_background") as own, own.begin() as connection:
        assert connection.execute(text("DELETE FROM ledger_day")).rowcount == 1


def test_the_program_can_do_its_work_under_its_two_roles(postgres_stage: Stage) -> None:
    engine = postgres_stage.system.database.engine
    with (
        signed_in(engine, "safeshare_apps") as web,
        signed_in(engine, "safeshare_background") as worker,
    ):
        apps, background = stage_of(postgres_stage, web), stage_of(postgres_stage, worker)
        migrate.insist_on_newest(web)
        sent, _ = apps.submit()
        opened(apps, attested(apps, sent.reference), sent.reference)
        postgres_stage.time.advance(days=40)
        assert background.gate.run(collect_past_days, Worker(), None) == 1
        for use_case in (sweep_promises, purge_expired, end_aftercare, sign_head):
            background.gate.run(use_case, Worker(), None)
        background.gate.run(show_life, Worker(), "beat")
        opened(apps, attested(apps, sent.reference), sent.reference)
        assert background.faults() == []
        for stage in (apps, background):
            stage.system.database.dispose()


def test_an_owner_who_may_make_no_role_but_these_can_migrate(postgres: Postgres) -> None:
    name = postgres.new_database()
    with psycopg.connect(postgres.dsn(name), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS plain_owner")
        connection.execute("CREATE ROLE plain_owner LOGIN")
        for role in ROLES.values():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if known.fetchone() is None:
                connection.execute(f"CREATE ROLE {role} NOLOGIN")
        connection.execute(f"ALTER DATABASE {name} OWNER TO plain_owner")
        connection.execute("ALTER SCHEMA public OWNER TO plain_owner")
    engine = create_engine(make_url(postgres.url(name)).set(username="plain_owner"))
    migrate.upgrade(engine)
    migrate.insist_on_newest(engine)
    engine.dispose()
    postgres.drop(name)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute("DROP ROLE plain_owner")


@pytest.mark.parametrize("what", ["change", "delete"])
def test_the_program_cannot_bend_the_ledger_on_sqlite(sqlite_stage: Stage, what: str) -> None:
    with (
        sqlite_stage.system.database.engine.connect() as connection,
        pytest.raises((IntegrityError, OperationalError), match="only ever added to"),
    ):
        connection.execute(text(BENT[what]))
