"""Letting anybody see the promise for themselves: what the database tells without a key."""

import click

from safeshare import wiring
from safeshare.exposure import exposure_of_case, exposure_of_service

BEFORE = """\
What a thief of this database learns. No key file was read, and nothing was opened.
Sealed, hashed and derived values are shown by their length and by what made them."""

AFTER = """
Beyond its columns, the files of a database may tell in which order and when rows were written,
and somebody who copies it twice sees what was added. docs/threat-model.md says more."""


@click.command()
@click.argument("reference", required=False)
@click.option("--rows", is_flag=True, help="Print every row of the service, not only its values.")
def exposure(reference: str | None, rows: bool) -> None:
    """Print what a thief of the database would learn, about a case or the whole service.

    Needs the database and nothing else: no key file, and no running web server or worker.
    """
    settings = wiring.read_settings()
    database = wiring.open_database(settings)
    try:
        click.echo(BEFORE)
        if reference is None:
            lines = exposure_of_service(database, every_row=rows)
        else:
            lines = exposure_of_case(database, reference)
        for line in lines:
            click.echo(line)
        click.echo(AFTER)
    finally:
        database.dispose()
