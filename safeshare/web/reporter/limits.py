"""How often one visitor may try a code, and how many may try at once.

Nothing is counted under an address: the counter's name is a hash of it under a key that changes
every hour. The limits are wide, since 82 bits cannot be guessed; they keep one visitor from using
up the turns of the others.
"""

from contextlib import ExitStack
from hashlib import sha256
from hmac import new as keyed_hash

from flask import Flask, Response, g, request
from flask_limiter import Limiter

from safeshare.wiring import System

GUESSES = "20 per minute; 120 per hour"

_HOUR = 60 * 60
_TURN = "turn_to_guess"
_ENTER = "messages.enter"


def limit_guesses(app: Flask, system: System) -> None:
    """Count the wrong codes of each visitor. Call it before forms are read."""

    def visitor() -> str:
        hour = int(system.gate.clock.security_now().timestamp()) // _HOUR
        key = system.gate.vault.web_key(f"guess limits of hour {hour}")
        # Behind a proxy the last address of the header is the one that the proxy itself saw.
        address = request.access_route[-1] if request.access_route else ""
        return keyed_hash(key, address.encode(), sha256).hexdigest()

    limiter = Limiter(
        visitor,
        app=app,
        default_limits=[GUESSES],
        default_limits_deduct_when=_was_wrong,
        storage_uri=system.settings.redis_url or "memory://",
        in_memory_fallback_enabled=True,
    )
    limiter.request_filter(lambda: not _is_guess())


def queue_guesses(app: Flask, system: System) -> None:
    """Let few guess at once, and send the others away before anything of theirs is read."""

    @app.before_request
    def wait_for_turn() -> None:
        if _is_guess():
            turn = ExitStack()
            turn.enter_context(system.gate.vault.permit("guesses"))
            setattr(g, _TURN, turn)

    @app.teardown_request
    def give_turn_back(_error: BaseException | None) -> None:
        turn: ExitStack | None = g.pop(_TURN, None)
        if turn is not None:
            turn.close()


def _is_guess() -> bool:
    return request.endpoint == _ENTER and request.method == "POST"


def _was_wrong(response: Response) -> bool:
    return response.status_code == 200
