"""The leaders' page: one frozen release, as a chart and as a table with the same content."""

from collections.abc import Sequence

from flask import Blueprint, abort, render_template

from safeshare.themes.rules import FEWEST_SHOWN, Vocabulary
from safeshare.themes.service.release import Released, read_releases
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext
from safeshare.web.staff.signed_in import current_staff, system

themes = Blueprint("themes", __name__, template_folder="templates")


@themes.get("/themes", defaults={"period": None})
@themes.get("/themes/<period>")
@serves(read_releases)
def show(period: str | None) -> str:
    """The newest release, or the one whose first day is asked for."""
    releases = system().gate.run(read_releases, current_staff(), None)
    shown = next((one for one in releases if period in {None, one.period.key}), None)
    if shown is None and period is not None:
        abort(404)
    return render_template(
        "staff/themes.html",
        shown=shown,
        rows=_rows(shown) if shown else (),
        releases=releases,
        fewest=FEWEST_SHOWN,
    )


def _rows(release: Released) -> Sequence[tuple[str, int | None]]:
    """The groups in their order, and all concerns; None where a count is withheld."""
    vocabulary = system().gate.door(current_staff()).rule(Vocabulary)
    labels = {group.code: group.label for group in vocabulary.groups}
    groups = [(labels.get(code, code), count) for code, count in release.table.groups]
    return [*groups, (gettext("All concerns, each counted once"), release.table.total)]
