import pytest

from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.errors import InvalidError
from safeshare.mailbox.rules import (
    LONGEST_MESSAGE,
    message_text,
    staff_may_write,
    status_after_reply,
)


@pytest.mark.parametrize("status", list(CaseStatus))
def test_a_handler_can_write_until_aftercare_ends(status: CaseStatus) -> None:
    assert staff_may_write(status) is (status is not CaseStatus.CLOSED)


@pytest.mark.parametrize("status", list(CaseStatus))
@pytest.mark.parametrize("before", [CaseStatus.PLANNING, None])
def test_a_reply_can_only_move_a_case_that_waits_for_it(
    status: CaseStatus, before: CaseStatus | None
) -> None:
    waiting = status is CaseStatus.WAITING_YOU
    after = (before or CaseStatus.TRIAGE) if waiting else status
    assert status_after_reply(status, before) is after


@pytest.mark.parametrize("typed", ["", " \r\n\t", "\x00\x1b", "\u200b\u200e"])
def test_nobody_can_send_a_message_that_says_nothing(typed: str) -> None:
    with pytest.raises(InvalidError, match="message_missing") as refused:
        message_text(typed)
    assert refused.value.field == "message"


def test_a_message_can_be_as_long_as_an_answer_and_no_longer() -> None:
    assert message_text("ש" * LONGEST_MESSAGE) == "ש" * LONGEST_MESSAGE
    with pytest.raises(InvalidError, match="too_long"):
        message_text("ש" * (LONGEST_MESSAGE + 1))


def test_a_message_can_keep_its_lines_and_lose_its_control_characters() -> None:
    assert message_text(" first\r\nsecond\x07 👩🏽‍🚒 ") == "first\nsecond 👩🏽‍🚒"
