"""What the server itself keeps for long goes over to another suite, in rounds, and everybody can
sign in all the while.
"""

from collections.abc import Iterator
from itertools import islice

import pytest
from sqlalchemy import select, update

from safeshare.concerns.service import reseal_rounds, server_seals
from safeshare.concerns.service.new_keys import OfferKeys, is_link_good, offer_keys
from safeshare.concerns.service.reseal_rounds import Round
from safeshare.concerns.service.server_seals import (
    BY_SERVER,
    ResealByServer,
    count_by_server,
    reseal_by_server,
)
from safeshare.exposure import PAGE, read_ways
from safeshare.kernel.actors import Actor, Operator, Visitor, Worker
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.events import Event
from safeshare.people.models import Invitation, Passkey, StaffMember
from safeshare.people.service.invitations import LookAtLink, OpenInvitation, look_at_link
from safeshare.people.service.passkeys import sign_in_with_passkey
from safeshare.people.service.sign_in import SignedIn
from tests.cast import PASSPHRASE, Stage
from tests.devices.authenticator import Authenticator
from tests.tampering import spoilt
from tests.use_cases.handlers import ledger
from tests.use_cases.inviting import invited, tried
from tests.use_cases.passkey_owner import NAME, Owner
from tests.use_cases.power_cut import stops_after
from tests.use_cases.sealed_to_worker import put_there, rows_of
from tests.use_cases.test_resealing import CHACHA, in_new_suite

AES = 1
SECRETS, PASSKEYS, INVITATIONS = BY_SERVER


def left(stage: Stage) -> int:
    return stage.gate.run(count_by_server, Operator(), None)


def rounds(stage: Stage) -> Iterator[Round]:
    after = None
    while True:
        done = stage.gate.run(reseal_by_server, Operator(), ResealByServer(after))
        if done.last is None:
            return
        yield done
        after = done.last


def seals(stage: Stage) -> list[Sealed]:
    found = [getattr(row, one.sealed.key) for one in BY_SERVER for row in rows_of(stage, one)]
    return [one for one in found if one is not None]


def suites(stage: Stage) -> set[int]:
    return {one.blob[0] for one in seals(stage)}


def read(stage: Stage) -> list[bytes]:
    """All that the server reads in what it seals."""
    vault = stage.gate.vault
    return [
        vault.open_server(one.place(row), getattr(row, one.sealed.key))
        for one in BY_SERVER
        for row in rows_of(stage, one)
        if getattr(row, one.sealed.key) is not None
    ]


def furnished(stage: Stage) -> tuple[Owner, str]:
    """Something in each of the columns: everybody has six digits, one a passkey, one is invited."""
    owner = Owner(stage, Authenticator(), 1)
    owner.adds(owner.device)
    return owner, invited(stage)


def in_with_digits(stage: Stage, name: str) -> bool:
    stage.time.advance(minutes=1)
    return isinstance(tried(stage, name, PASSPHRASE, stage.six_digits(name)), SignedIn)


def in_with_passkey(stage: Stage, owner: Owner) -> bool:
    found = stage.gate.run(sign_in_with_passkey, Visitor(), owner.used())
    return isinstance(found, SignedIn)


def suites_of_secrets(stage: Stage) -> dict[str, int]:
    return {row.sign_in_name: row.totp_secret.blob[0] for row in rows_of(stage, SECRETS)}


def test_everybody_can_sign_in_before_amid_and_after(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, link = furnished(stage)
    monkeypatch.setattr(reseal_rounds, "KEYS_A_ROUND", 2)
    later, values, before = in_new_suite(stage), len(seals(stage)), read(stage)
    assert (left(stage), left(later)) == (0, values)
    assert in_with_digits(later, NAME)
    going = rounds(later)
    done = list(islice(going, 4))
    by_suite = suites_of_secrets(later)
    assert set(by_suite.values()) == {AES, CHACHA}
    for suite in (AES, CHACHA):
        name = next(one for one, other in by_suite.items() if other == suite)
        assert in_with_digits(later, name)
        assert in_with_digits(stage, name), "a process that runs since before"
    assert read(stage) == read(later) == before
    done += going
    assert (sum(one.resealed for one in done), sum(one.broken for one in done)) == (values, 0)
    assert (left(later), suites(later)) == (0, {CHACHA})
    assert read(stage) == read(later) == before
    for each in (stage, later):
        assert in_with_digits(each, NAME)
        assert in_with_passkey(each, owner)
        assert isinstance(each.gate.run(look_at_link, Visitor(), LookAtLink(link)), OpenInvitation)
    assert stage.faults() == []


def test_an_installation_can_go_back(stage: Stage) -> None:
    owner, _link = furnished(stage)
    later, before = in_new_suite(stage), read(stage)
    assert sum(one.resealed for one in rounds(later)) == len(before)
    assert sum(one.resealed for one in rounds(stage)) == len(before)
    assert suites(stage) == {AES}
    assert read(later) == before
    assert in_with_passkey(later, owner)
    assert left(stage) == 1, "a passkey is sealed anew whenever it is used"


def test_whatever_is_made_from_then_on_is_of_the_suite_that_is_set(stage: Stage) -> None:
    later = in_new_suite(stage)
    furnished(later)
    offer = OfferKeys(stage.enrolled["leader"].staff_id)
    offered = later.gate.run(offer_keys, later.staff("administrator"), offer)
    (passkey,), (invitation,) = rows_of(later, PASSKEYS), rows_of(later, INVITATIONS)
    assert passkey.record.blob[0] == invitation.details.blob[0] == CHACHA
    old = stage.gate.run(offer_keys, stage.staff("administrator"), offer)
    for link in (offered, old):
        for each in (stage, later):
            assert each.gate.run(is_link_good, Visitor(), link)


def test_a_machine_that_stops_in_the_middle_loses_nothing_and_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, _link = furnished(stage)
    later, values, before = in_new_suite(stage), len(seals(stage)), read(stage)
    monkeypatch.setattr(reseal_rounds, "KEYS_A_ROUND", 2)
    with stops_after(5, server_seals, "_reseal_row"):
        list(rounds(later))
    assert (left(later), suites(later)) == (values - 4, {AES, CHACHA}), "two values a round"
    assert read(later) == before
    assert sum(one.resealed for one in rounds(later)) == values - 4
    assert (left(later), suites(later), read(later)) == (0, {CHACHA}, before)
    entries = ledger(later, Event.INSTALLATION_RESEALED)
    assert sum(int(one.note["values"]) for one in entries) == values
    assert {one.actor_kind for one in entries} == {"operator"}
    assert in_with_passkey(later, owner)
    assert later.faults() == []


def test_what_a_writer_of_the_tables_put_there_stays_and_holds_up_nobody(stage: Stage) -> None:
    furnished(stage)
    values = len(seals(stage))
    one, other, *_rest = rows_of(stage, SECRETS)
    (passkey,), (invitation,) = rows_of(stage, PASSKEYS), rows_of(stage, INVITATIONS)
    relabelled = Sealed(bytes([CHACHA]) + other.totp_secret.blob[1:])
    forged = {
        (StaffMember, one.id): {"totp_secret": other.totp_secret},
        (Passkey, passkey.id): {"record": spoilt(passkey.record, -1)},
        (Invitation, invitation.id): {"details": Sealed(bytes([AES]))},
    }
    for (table, key), put in forged.items():
        put_there(stage, table, key, **put)
    put_there(stage, StaffMember, other.id, totp_secret=relabelled)
    later = in_new_suite(stage)
    done = list(rounds(later))
    assert sum(each.broken for each in done) == len(forged)
    assert sum(each.resealed for each in done) == values - len(forged) - 1
    assert left(later) == len(forged)
    alarms = ledger(later, Event.ALARM_RAISED)
    assert [(each.case_id, each.note["alarm"]) for each in alarms] == [
        (None, "not_resealed") for _ in forged
    ]
    put_there(stage, StaffMember, one.id, totp_secret=one.totp_secret)
    put_there(stage, Passkey, passkey.id, record=passkey.record)
    put_there(stage, Invitation, invitation.id, details=invitation.details)
    assert sum(each.resealed for each in rounds(later)) == len(forged)
    assert left(later) == 0
    with pytest.raises(SealBrokenError):
        in_with_digits(later, other.sign_in_name)


def test_an_older_value_that_is_put_back_is_judged_as_before(stage: Stage) -> None:
    """It was, and is, a value of that place: the phone of then, and its digits only once."""
    old = next(one for one in rows_of(stage, SECRETS) if one.sign_in_name == NAME)
    later = in_new_suite(stage)
    list(rounds(later))
    assert in_with_digits(later, NAME)
    digits = stage.six_digits(NAME)
    put_there(stage, StaffMember, old.id, totp_secret=old.totp_secret)
    assert left(later) == 1
    assert tried(later, NAME, PASSPHRASE, digits) is None, "digits count once in either suite"
    assert in_with_digits(later, NAME)
    assert [(one.resealed, one.broken) for one in rounds(later)] == [(1, 0)]
    assert tried(later, NAME, PASSPHRASE, stage.six_digits(NAME)) is None
    assert in_with_digits(later, NAME)


def test_a_row_that_somebody_is_at_just_now_is_left_and_found_again(postgres_stage: Stage) -> None:
    furnished(postgres_stage)
    later, values = in_new_suite(postgres_stage), len(seals(postgres_stage))
    (held,) = rows_of(later, PASSKEYS)
    with later.system.database.engine.begin() as somebody:
        somebody.execute(select(Passkey.id).where(Passkey.id == held.id).with_for_update())
        assert sum(one.resealed for one in rounds(later)) == values - 1
    assert left(later) == 1
    assert sum(one.resealed for one in rounds(later)) == 1


def test_who_has_no_six_digits_is_nobody_to_go_over(stage: Stage) -> None:
    values = len(seals(stage))
    with stage.system.database.engine.begin() as writer:
        writer.execute(
            update(StaffMember).where(StaffMember.sign_in_name == NAME).values(totp_secret=None)
        )
    later = in_new_suite(stage)
    assert left(later) == sum(one.resealed for one in rounds(later)) == values - 1


@pytest.mark.parametrize("who", ["administrator", "worker"])
def test_nobody_but_the_operator_can_do_it(stage: Stage, who: str) -> None:
    later = in_new_suite(stage)
    actor: Actor = Worker() if who == "worker" else stage.staff(who)
    with pytest.raises(NotFoundError):
        later.gate.run(reseal_by_server, actor, ResealByServer())
    assert suites(stage) == {AES}


def test_every_column_that_the_server_itself_seals_goes_over(sqlite_stage: Stage) -> None:
    page = read_ways(PAGE.read_text(encoding="utf-8"))
    said = {
        (table, column)
        for table, columns in page.items()
        for column, kept in columns.items()
        if "accounts key" in kept
    }
    assert said == {(one.sealed.class_.__tablename__, one.sealed.key) for one in BY_SERVER}
    assert left(sqlite_stage) == 0
