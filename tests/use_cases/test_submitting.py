from sqlalchemy import func, select

from safeshare.concerns.models import Case, Grant
from tests.cast import Stage


def test_a_reporter_can_send_a_concern_that_three_people_hold(stage: Stage) -> None:
    sent, _ = stage.submit()
    with stage.system.database.reading() as session:
        case = session.scalars(select(Case).where(Case.reference == sent.reference)).one()
        grants = session.scalars(select(Grant).where(Grant.case_id == case.id)).all()
    assert len([g for g in grants if g.compartment == "work" and g.grantee_kind == "staff"]) == 3
    assert len(grants) == 5 + 4 + 3


def test_a_concern_sent_twice_with_one_code_is_one_case(stage: Stage) -> None:
    first, code = stage.submit()
    second, _ = stage.submit(code=code)
    assert first == second
    with stage.system.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
