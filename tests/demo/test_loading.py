"""The demo's story, played through the use cases into an empty database."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from safeshare import wiring
from safeshare.casework.service.watching import check_cases
from safeshare.concerns.models import Case, Party
from safeshare.demo.load import DemoLoaded, load_demo
from safeshare.demo.story import Story
from safeshare.gate import Gate
from safeshare.gate.keeping import verify_ledger
from safeshare.kernel.actors import Operator, Stranger
from safeshare.kernel.errors import StaleError
from safeshare.mailbox.service.entering import EnterMailbox, enter_mailbox
from safeshare.outbox.models import OutgoingMail
from safeshare.people.models import StaffMember
from safeshare.people.service.installation import SetUp, set_up
from safeshare.vault import KeyFiles
from tests.cast import cheap_vault, settings_for

CONCERNS = 14
"""Of 300, the newest: enough for every kind of step, and for a test."""


def load(url: str, folder: Path, story: Story) -> tuple[Gate, DemoLoaded]:
    """Load a short story into a database."""
    settings = settings_for(url, folder)
    system = wiring.build(settings, keys=KeyFiles.create(settings.keys_folder))
    gate = replace(system.gate, vault=cheap_vault(system.gate.vault))
    short = replace(story, concerns=story.concerns[-CONCERNS:])
    loaded = load_demo(gate, short, wiring.default_queues(), wiring.default_routing())
    return gate, loaded


def secrets_of(gate: Gate, loaded: DemoLoaded) -> set[object]:
    """Every key, id, code and salt of a loaded demo."""
    with gate.database.reading() as session:
        cases = session.scalars(select(Case)).all()
        parties = session.scalars(select(Party)).all()
        staff = session.scalars(select(StaffMember)).all()
    found: set[object] = set()
    for case in cases:
        found |= {case.id, case.reference}
    for party in parties:
        found |= {party.id, party.lookup, party.public_key}
    for one in staff:
        found |= {one.id, one.salt, one.verifier, one.public_key, one.mac, one.wrapped_key.blob}
        found |= {sealed.blob for sealed in (one.totp_secret, one.recovery_wrap) if sealed}
    found |= {one.passphrase for one in loaded.sign_ins}
    found |= {one.printed_code for one in loaded.officers}
    return found | {code.words for _, code in loaded.reporters}


def test_two_demos_tell_the_same_and_share_no_key_id_code_or_salt(
    story: Story, sqlite_database_url: str, tmp_path: Path, postgres_database_url: str
) -> None:
    first = load(sqlite_database_url, tmp_path / "first", story)
    second = load(postgres_database_url, tmp_path / "second", story)
    assert len(secrets_of(*first)) > 300
    assert not secrets_of(*first) & secrets_of(*second)
    told = []
    for gate, _ in (first, second):
        with gate.database.reading() as session:
            rows = session.execute(select(Case.received_on, Case.status, Case.risk))
            told.append(sorted(str(tuple(row)) for row in rows))
        gate.database.dispose()
    assert told[0] == told[1]
    assert len(told[0]) == CONCERNS


def test_a_loaded_demo_can_be_used_at_once(
    story: Story, sqlite_database_url: str, tmp_path: Path
) -> None:
    gate, loaded = load(sqlite_database_url, tmp_path, story)
    assert {one.sign_in_name for one in loaded.sign_ins} == {p.sign_in_name for p in story.people}
    assert len(loaded.officers) == 3
    for _, code in loaded.reporters:
        entered = gate.run(enter_mailbox, Stranger(), EnterMailbox(" ".join(code.words)))
        assert entered.party_id != entered.case_id
    assert gate.run(verify_ledger, Operator(), None) == []
    with gate.database.reading() as session:
        assert not session.scalars(select(OutgoingMail)).all()
        statuses = dict(session.execute(select(Case.reference, Case.status)).all())
    assert len(set(statuses.values())) >= 3
    assert gate.run(check_cases, Operator(), None).watched_on == story.today
    with pytest.raises(StaleError):
        gate.run(set_up, Operator(), SetUp("Another", is_demo=True, queues=(), places=()))
    gate.database.dispose()
