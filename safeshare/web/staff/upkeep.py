"""What is done for a case after its page has gone out, with the keys of whoever opened it."""

from contextlib import suppress

from flask import Response, make_response

from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.web.staff.signed_in import current_staff, system


def then_keep_up(html: str, reference: str) -> Response:
    """The answer to a request, after which the case is brought up to date. Nobody waits for it.

    A case that somebody else is at, or that the actor lost meanwhile, is done at another time; what
    does not open has raised its alarm by then.
    """
    gate, staff, answer = system().gate, current_staff(), make_response(html)

    def keep_up() -> None:
        with suppress(StaleError, SealBrokenError, NotFoundError):
            gate.run(keep_case_up, staff, KeepUp(reference))

    answer.call_on_close(keep_up)
    return answer
