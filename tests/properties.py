"""How far the property tests search.

`make test` tries the same examples each time, so that a run is good or bad for the code alone and
what fails on one machine fails on another. `make soak` searches: new examples each time, and many
times more of them. A deadline would judge the machine, so neither has one; what may hang says so.
"""

from hypothesis import HealthCheck, settings

USUAL = 100
"""Examples of a property in `make test`, unless it says how many by `examples`."""

_UNCHECKED = (
    HealthCheck.too_slow,
    HealthCheck.function_scoped_fixture,  # A vault has no state that examples could share.
)

settings.register_profile(
    "steady",
    max_examples=USUAL,
    derandomize=True,
    deadline=None,
    suppress_health_check=_UNCHECKED,
)
settings.register_profile(
    "searching",
    max_examples=20 * USUAL,
    derandomize=False,
    deadline=None,
    print_blob=True,
    suppress_health_check=_UNCHECKED,
)
settings.load_profile("steady")


def examples(number: int) -> int:
    """How many examples a property tries that tries `number` in `make test`."""
    return number * settings().max_examples // USUAL
