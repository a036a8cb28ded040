"""What is done for a case after its page has gone out, with the keys of whoever opened it."""

from contextlib import suppress

from flask import Response, make_response
from werkzeug import Response as BaseResponse

from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.service.own_grants import ResealOwn, reseal_own_grants
from safeshare.kernel.actors import Visitor
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.people.service.sign_in import RecogniseStaff, SignedIn, recognise_staff
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


def then_reseal_grants(answer: BaseResponse, signed_in: SignedIn) -> BaseResponse:
    """The answer to a request, after which everything that is still sealed to an older key of its
    owner is sealed to their new one. Where it stops half-way, it goes on at their next sign-in.
    """
    gate = system().gate
    if not gate.vault.has_older_keys(signed_in.private_key):
        return answer
    command = RecogniseStaff(
        signed_in.staff_id,
        signed_in.private_key,
        signed_in.session_number,
        gate.clock.security_now(),
    )

    def reseal() -> None:
        with suppress(StaleError, SealBrokenError, NotFoundError):
            staff = gate.run(recognise_staff, Visitor(), command)
            after = gate.run(reseal_own_grants, staff, ResealOwn())
            while after is not None:
                after = gate.run(reseal_own_grants, staff, ResealOwn(after))

    answer.call_on_close(reseal)
    return answer
