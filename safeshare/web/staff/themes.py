"""The leaders' page: frozen releases, as a table and as a chart with the same content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from safeshare.themes.rules import FEWEST_SHOWN, Vocabulary
from safeshare.themes.service.release import Released, read_releases
from safeshare.web.shared.doors import serves
from safeshare.web.staff.signed_in import current_staff, system

themes = Blueprint("themes", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the chart and of the table. `count` is None where it is withheld."""

    label: str
    count: int | None
    percent: int


@themes.get("/themes")
@serves(read_releases)
def show() -> str:
    """What the newest releases show."""
    releases = system().gate.run(read_releases, current_staff(), None)
    labels = _labels(system().gate.door(current_staff()).rule(Vocabulary))
    return render_template(
        "staff/themes.html",
        releases=[(release, bars(release, labels)) for release in releases],
        fewest=FEWEST_SHOWN,
    )


def bars(release: Released, labels: Mapping[str, str]) -> Sequence[Bar]:
    """The groups of a release in their order, each as long as its part of the greatest."""
    greatest = max((count or 0 for _, count in release.table.groups), default=0)
    return [
        Bar(labels.get(code, code), count, 100 * (count or 0) // greatest if greatest else 0)
        for code, count in release.table.groups
    ]


def _labels(vocabulary: Vocabulary) -> Mapping[str, str]:
    return {group.code: group.label for group in vocabulary.groups}
