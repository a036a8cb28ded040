"""Giving a newcomer the keys of ten thousand cases."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from benchmarks.grounds import Ground
from benchmarks.measures import Measure, spent_on
from safeshare.casework.service.handing_over import HandOver, hand_over
from safeshare.kernel.actors import Role
from safeshare.kernel.sealed import Compartment, Place, PublicKey
from safeshare.vault.hpke import HYBRID
from tests.cast import approve, enrol
from tests.vault.cast import CASE, key_pair

CASES = 10_000
GIVER = "safeguarding_1"
SECONDS = 60
"""Minutes would be too long to wait at a page; a batch of 200 takes about a second."""


def handing_over(ground: Ground) -> Iterator[Measure]:
    """One holder hands everything over, batch after batch, as the pages do."""
    stage = ground.stage
    giver_id = stage.enrolled[GIVER].staff_id
    for _ in range(CASES):
        stage.submit({"handle_by": "safeguarding"}, order=(giver_id,))
    enrol(stage, "newcomer", {Role.HANDLER}, "safeguarding")
    approve(stage, "safeguarding_supervisor", "newcomer", "safeguarding")
    command, giver = HandOver(stage.enrolled["newcomer"].staff_id), stage.staff(GIVER)
    started, given, batches = perf_counter(), 0, []
    while True:
        begun = perf_counter()
        done = stage.gate.run(hand_over, giver, command)
        batches.append(perf_counter() - begun)
        given += done.given
        if done.after is None:
            break
        command = HandOver(command.staff_id, after=done.after)
    yield Measure(
        f"granting a newcomer {given:,} cases, {ground.name}",
        perf_counter() - started,
        "s",
        SECONDS,
        given * _least(ground) / 1000,
        "two grants opened and two made for each",
        note=f"the longest of {len(batches)} batches took {max(batches):.1f} s",
    )


def _least(ground: Ground) -> float:
    """Milliseconds of what no way of doing it can leave out, for one case."""
    vault = ground.stage.gate.vault
    private_key, public_key = key_pair(HYBRID)
    key = vault.new_compartment_key()
    places = [
        Place("grant", str(CASE), "sealed", CASE, one, None, 1)
        for one in (Compartment.WORK, Compartment.CONVERSATION)
    ]
    sealed = [vault.grant(key, place, public_key) for place in places]

    def once() -> None:
        for place, grant in zip(places, sealed, strict=True):
            vault.open_grant(grant, place, private_key)
            vault.grant(key, place, PublicKey(public_key.raw))

    return median(spent_on(once).wall for _ in range(15))
