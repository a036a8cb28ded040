"""One measured figure, its floor and its target, and how they are printed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure in `unit` beside the least that the same machine needs for what cannot be left out.

    `target` judges the ratio to the floor where `by_ratio` is set, and the figure itself otherwise;
    it is the most allowed, or with `at_least` the least. `note` says what else was seen.
    """

    name: str
    figure: float
    unit: str
    target: float
    floor: float
    floor_is: str
    by_ratio: bool = False
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the floor the figure is."""
        return self.figure / self.floor

    @property
    def is_met(self) -> bool:
        """Whether the target is."""
        judged = self.ratio if self.by_ratio else self.figure
        return judged >= self.target if self.at_least else judged <= self.target

    def line(self) -> str:
        """The measure as one line of the report."""
        limit = ">=" if self.at_least else "<="
        wanted = f"{limit} {self.target:g}{' x floor' if self.by_ratio else ' ' + self.unit}"
        said = (
            f"{self.name:<58}{self.figure:>8.1f} {self.unit:<3} floor{self.floor:>8.1f} "
            f"{self.ratio:>6.2f}x  target {wanted:<14} {'ok' if self.is_met else 'MISSED'}"
        )
        about = "; ".join(part for part in (f"floor: {self.floor_is}", self.note) if part)
        return f"{said}\n    {about}"


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of one run: by the clock on the wall, and of this process's processor time."""

    wall: float
    cpu: float


def spent_on(work: Callable[[], object]) -> Spent:
    """Run something once."""
    wall, cpu = perf_counter(), process_time()
    work()
    return Spent(1000 * (perf_counter() - wall), 1000 * (process_time() - cpu))


def side_by_side(
    work: Callable[[], Spent], floor: Callable[[], object], runs: int
) -> tuple[float, float]:
    """The median wall milliseconds of the work and of its floor, taken in turns.

    One turn of each comes first and does not count: it fills caches.
    """
    work()
    floor()
    taken, least = [], []
    for _ in range(runs):
        least.append(spent_on(floor).wall)
        taken.append(work().wall)
    return median(taken), median(least)


def report(parts: Sequence[tuple[str, Callable[[], Iterator[Measure]]]]) -> bool:
    """Print every part's measures as they come. Whether all targets are met."""
    missed = []
    for title, part in parts:
        print(f"\n{title}", flush=True)
        for measure in part():
            print(f"  {measure.line()}", flush=True)
            if not measure.is_met:
                missed.append(measure.name)
    print(
        f"\n{len(missed)} targets missed: {'; '.join(missed)}" if missed else "\nAll targets met."
    )
    return not missed
