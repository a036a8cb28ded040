"""The page that says what is stored is compared with the tables that store it."""

from sqlalchemy import LargeBinary

from safeshare import tables
from safeshare.db.columns import SealedBytes
from safeshare.exposure import PAGE, read_ways

WAYS = ("plain", "sealed: ", "hashed: ", "derived: ", "public key")


def listed() -> dict[str, dict[str, str]]:
    """Table to column to how it is kept, as the page says."""
    return read_ways(PAGE.read_text(encoding="utf-8"))


def test_the_page_lists_every_table_and_column_and_no_other() -> None:
    stored = {
        table.name: {column.name for column in table.columns}
        for table in tables.METADATA.tables.values()
    }
    assert {table: set(columns) for table, columns in listed().items()} == stored


def test_the_page_calls_sealed_exactly_what_the_tables_seal() -> None:
    page = listed()
    for table in tables.METADATA.tables.values():
        for column in table.columns:
            kept = page[table.name][column.name]
            assert kept.startswith(WAYS), (table.name, column.name)
            is_sealed = isinstance(column.type, SealedBytes)
            assert kept.startswith("sealed") == is_sealed, (table.name, column.name)


def test_no_column_of_bytes_is_called_plain_but_a_salt() -> None:
    page = listed()
    for table in tables.METADATA.tables.values():
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and page[table.name][column.name] == "plain":
                assert column.name == "salt"


def test_no_column_that_a_reporter_causes_holds_an_instant() -> None:
    instants = {
        f"{table.name}.{column.name}"
        for table in tables.METADATA.tables.values()
        for column in table.columns
        if "DATETIME" in str(column.type).upper() or "TIMESTAMP" in str(column.type).upper()
    }
    assert instants == {"heartbeat.at", "ledger_entry.at"}
