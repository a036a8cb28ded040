"""What somebody had typed too late is kept for them alone."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import PrivateKey, Sealed
from safeshare.people.models import ParkedForm
from safeshare.people.service.parked import (
    DAYS_KEPT,
    MOST_KEPT,
    DropForm,
    ParkForm,
    ResumeForm,
    UnsentForm,
    drop_form,
    list_unsent,
    park_form,
    resume_form,
)
from tests.cast import START, Stage


def away(staff: Staff) -> Staff:
    """Somebody whose session was left alone: it has lost their key."""
    return replace(staff, private_key=PrivateKey(b""))


def park(stage: Stage, staff: Staff, text: str) -> None:
    form = ParkForm("handling.message", "SS-2222-3333", {"text": (text,), "asks": ("y",)})
    stage.gate.run(park_form, away(staff), form)


def unsent(stage: Stage, staff: Staff) -> list[UnsentForm]:
    return list(stage.gate.run(list_unsent, staff, None))


def test_a_handler_can_go_on_with_what_they_had_typed(stage: Stage) -> None:
    staff = stage.staff("hr_1")
    park(stage, staff, "Half a sentence")
    stage.time.advance(hours=1)
    park(stage, staff, "The newer one")
    newer, older = unsent(stage, staff)
    assert [newer.fields["text"], older.fields["text"]] == [
        ("The newer one",),
        ("Half a sentence",),
    ]
    found = stage.gate.run(resume_form, staff, ResumeForm(older.form_id))
    assert found == older
    assert (found.page, found.reference, found.fields["asks"]) == (
        "handling.message",
        "SS-2222-3333",
        ("y",),
    )
    stage.gate.run(drop_form, staff, DropForm(older.form_id))
    assert unsent(stage, staff) == [newer]


def test_nobody_else_can_see_resume_or_drop_it(stage: Stage) -> None:
    owner, other = stage.staff("hr_1"), stage.staff("hr_2")
    park(stage, owner, "Secret")
    form_id = unsent(stage, owner)[0].form_id
    assert unsent(stage, other) == []
    with pytest.raises(NotFoundError):
        stage.gate.run(resume_form, other, ResumeForm(form_id))
    with pytest.raises(NotFoundError):
        stage.gate.run(drop_form, other, DropForm(form_id))
    with pytest.raises(NotFoundError):
        stage.gate.run(drop_form, owner, DropForm(uuid4()))
    assert len(unsent(stage, owner)) == 1


def test_a_session_without_the_key_cannot_read_what_it_kept(stage: Stage) -> None:
    staff = stage.staff("hr_1")
    park(stage, staff, "Secret")
    with pytest.raises(SealBrokenError):
        unsent(stage, away(staff))


def test_a_form_moved_to_somebody_else_does_not_open(stage: Stage) -> None:
    owner, other = stage.staff("hr_1"), stage.staff("hr_2")
    park(stage, owner, "Secret")
    with Session(stage.system.database.engine) as session:
        session.execute(update(ParkedForm).values(staff_id=other.staff_id))
        session.commit()
    with pytest.raises(SealBrokenError):
        unsent(stage, other)


def test_a_damaged_form_is_refused(stage: Stage) -> None:
    staff = stage.staff("hr_1")
    park(stage, staff, "Secret")
    with Session(stage.system.database.engine) as session:
        session.execute(update(ParkedForm).values(body=Sealed(b"\x02" + bytes(3000))))
        session.commit()
    with pytest.raises(SealBrokenError):
        unsent(stage, staff)


def test_the_oldest_makes_room_and_all_are_purged_in_time(stage: Stage) -> None:
    staff = stage.staff("hr_1")
    for number in range(MOST_KEPT + 2):
        stage.time.advance(days=1)
        park(stage, staff, str(number))
    kept = [form.fields["text"][0] for form in unsent(stage, staff)]
    assert kept == [str(number) for number in reversed(range(2, MOST_KEPT + 2))]
    with stage.system.database.reading() as session:
        dates = sorted(session.scalars(select(ParkedForm.purge_on)))
    assert (dates[0] - START.date()).days == DAYS_KEPT + 3
