"""What `safeshare exposure` prints: everything a thief learns, and nothing of what was said."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from safeshare import exposure
from safeshare.db.session import Database
from safeshare.exposure import exposure_of_case, exposure_of_service, read_ways
from safeshare.kernel.errors import MisconfiguredError, NotFoundError
from safeshare.tables import METADATA
from tests.cast import Stage
from tests.secrecy.needles import holds_any
from tests.secrecy.planted import Planted
from tests.use_cases.conversation import enter, write, write_from_staff
from tests.use_cases.handlers import attested, case_of, holders_of, opened


@dataclass(frozen=True)
class Told:
    """A case in which secrets were told from both sides."""

    stage: Stage
    reference: str
    planted: Planted


@pytest.fixture
def told(stage: Stage) -> Told:
    """A confidential concern, read, acknowledged and answered, on either database."""
    planted = Planted()
    say = planted.sentence
    answers = {name: say(name) for name in ("concern", "wishes", "where", "when", "who", "risk")}
    sent, code = stage.submit(
        answers | {"mode": "confidential", "stake": "me", "want": "share"},
        identity={name: planted.word(name) for name in ("name", "phone", "reach")},
        address=planted.address,
    )
    planted.plant_code(code.words)
    holder = attested(stage, sent.reference)
    write_from_staff(stage, case_of(stage, sent.reference).id, say("from staff"))
    opened(stage, holder, sent.reference)
    write(stage, enter(stage, code), say("from the reporter"))
    planted.plant_keys(stage)
    return Told(stage, sent.reference, planted)


def shown(printed: str) -> dict[str, set[str]]:
    """Table to the columns that are printed of it."""
    found: dict[str, set[str]] = {}
    table = ""
    for line in printed.splitlines():
        if heading := re.match(r"(\w+)(?:: [\d,]+ rows?|, row [\d,]+)$", line):
            table = heading[1]
        elif column := re.match(r"  (\w+) ", line):
            found.setdefault(table, set()).add(column[1])
    return found


def test_an_auditor_can_see_every_column_and_nothing_that_was_said(told: Told) -> None:
    database = told.stage.system.database
    printed = "\n".join(exposure_of_service(database, every_row=True))
    assert holds_any(told.planted.needles(), printed.encode()) == []
    columns = {name: set(table.columns.keys()) for name, table in METADATA.tables.items()}
    assert shown(printed) == columns | {"alembic_version": {"version_num"}}
    assert told.reference in printed
    assert re.search(r"body +sealed, [\d,]+ bytes, by compartment key", printed)


def test_an_auditor_can_see_every_row_that_leads_to_one_case(told: Told) -> None:
    other, _code = told.stage.submit()
    database = told.stage.system.database
    printed = "\n".join(exposure_of_case(database, told.reference.lower()))
    assert holds_any(told.planted.needles(), printed.encode()) == []
    assert other.reference not in printed
    assert {"case", "case_document", "grant", "message", "party", "promise"} <= set(shown(printed))
    assert {"ledger_day", "ledger_entry", "nudge_address"} <= set(shown(printed))
    named = [name.replace("_", " ").title() for name in holders_of(told.stage, told.reference)]
    assert all(f"({name})" in printed for name in named)
    assert "No row leads to this case in: alembic_version, " in printed


def test_a_length_that_is_printed_is_that_of_what_is_stored(stage: Stage) -> None:
    sent, _code = stage.submit()
    with stage.system.database.reading() as session:
        query = text("SELECT length(body) FROM case_document WHERE kind = 'account'")
        length = session.scalar(query)
    assert length is not None
    assert length > 2048
    printed = "\n".join(exposure_of_case(stage.system.database, sent.reference))
    assert f"sealed, {length:,} bytes, by compartment key" in printed


def test_nobody_can_see_a_case_that_is_not_there(stage: Stage) -> None:
    with pytest.raises(NotFoundError, match="SS-XXXX-XXXX"):
        list(exposure_of_case(stage.system.database, "SS-XXXX-XXXX"))


def test_a_column_that_is_on_no_page_cannot_hide(sqlite_stage: Stage) -> None:
    sqlite_stage.submit()
    with sqlite_stage.system.database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE shadow (told TEXT)"))
        connection.execute(text("INSERT INTO shadow VALUES ('a secret of the program')"))
        connection.execute(text('ALTER TABLE "case" ADD COLUMN told TEXT'))
        connection.execute(text("UPDATE \"case\" SET told = 'another one'"))
    printed = "\n".join(exposure_of_service(sqlite_stage.system.database, every_row=False))
    assert "a secret of the program" in printed
    assert "another one" in printed


def test_a_column_that_the_page_calls_plain_is_printed_as_it_stands(sqlite_stage: Stage) -> None:
    ways = read_ways(exposure.PAGE.read_text(encoding="utf-8"))
    plain = {
        (table, column) for table in ways for column, way in ways[table].items() if way == "plain"
    }
    sent, _code = sqlite_stage.submit()
    printed = "\n".join(exposure_of_case(sqlite_stage.system.database, sent.reference))
    rows = re.findall(r"^(\w+), row \d+\n((?:  .+\n?)+)", printed, re.MULTILINE)
    assert len(rows) > 20
    for table, lines in rows:
        for line in lines.splitlines():
            column, said = line.split(maxsplit=1)
            hidden = re.match(r"(sealed|hashed|derived|public key), [\d,]+ bytes", said)
            assert bool(hidden) is ((table, column) not in plain) or said == "empty", line


def test_nobody_can_look_at_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(MisconfiguredError, match="no database of SafeShare"):
        list(exposure_of_service(database, every_row=False))
    database.dispose()
