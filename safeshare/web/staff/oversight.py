"""Pages about the service as a whole: the ledger, unusual reading, the caseload. Never content."""

import csv
from datetime import date
from io import StringIO

from flask import Blueprint, Response, render_template, request, url_for

from safeshare.kernel.errors import InvalidError
from safeshare.ledger.models import Chain
from safeshare.oversight.queries import TrailPlace
from safeshare.oversight.rules import (
    FEWEST_SHOWN,
    MANY_CASES,
    MANY_REFUSALS,
    MANY_TIMES_USUAL,
    MANY_UNDONE,
    ODD_READINGS,
    Age,
)
from safeshare.oversight.service.caseload import read_caseload
from safeshare.oversight.service.evidence import count_case_events, export_case_events
from safeshare.oversight.service.review import read_review
from safeshare.oversight.service.trails import (
    ReadAccountsTrail,
    ReadCaseTrail,
    list_overseen,
    read_accounts_trail,
    read_case_trail,
)
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.answering import ask
from safeshare.web.staff.ledger_words import (
    actor_words,
    age_words,
    event_words,
    sign_words,
    stage_words,
)

oversight = Blueprint("oversight", __name__, template_folder="templates")

_NO_SCRIPT = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins like this would be run by a spreadsheet."""


@oversight.app_context_processor
def _words() -> dict[str, object]:
    return {
        "actor_words": actor_words,
        "event_words": event_words,
        "sign_words": sign_words,
        "stage_words": stage_words,
    }


@oversight.get("/ledger")
@serves(read_accounts_trail)
def accounts() -> str:
    """What was done with accounts and settings."""
    found = ask(read_accounts_trail, ReadAccountsTrail(_position(request.args.get("before"))))
    older = url_for("oversight.accounts", before=found.next) if found.next else None
    return render_template("staff/oversight/accounts.html", found=found, older=older)


@oversight.get("/cases/<reference>/trail")
@serves(read_case_trail)
def case_trail(reference: str) -> str:
    """What was done with one case."""
    after = request.args.get("after")
    found = ask(read_case_trail, ReadCaseTrail(reference, _read(after) if after else None))
    older = None
    if found.next is not None:
        older = url_for("oversight.case_trail", reference=reference, after=_written(found.next))
    return render_template("staff/oversight/case_trail.html", found=found, older=older)


@oversight.get("/review")
@serves(read_review, list_overseen)
def review() -> str:
    """Whose reading was unusual last week, and the trails that an overseer may look at."""
    return render_template(
        "staff/oversight/review.html",
        found=ask(read_review, None),
        overseen=ask(list_overseen, None),
        rules={
            "cases": MANY_CASES,
            "times": MANY_TIMES_USUAL,
            "odd": ODD_READINGS,
            "undone": MANY_UNDONE,
            "refusals": MANY_REFUSALS,
        },
    )


@oversight.get("/caseload")
@serves(read_caseload)
def caseload() -> str:
    """How many cases, how old and how late."""
    found = ask(read_caseload, None)
    ages = [age_words(age) for age in Age]
    return render_template(
        "staff/oversight/caseload.html", found=found, ages=ages, fewest=FEWEST_SHOWN
    )


@oversight.get("/evidence")
@serves(count_case_events)
def evidence() -> str:
    """Counts of what happened in cases, month by month."""
    months = ask(count_case_events, None)
    return render_template("staff/oversight/evidence.html", months=months, fewest=FEWEST_SHOWN)


@oversight.post("/evidence")
@serves(export_case_events)
def export() -> Response:
    """Every entry about a case of the months that are over, as a table without names."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow([_("case"), _("month"), _("what"), _("by")])
    for line in ask(export_case_events, None):
        by = actor_words(line.by)
        table.writerow(
            [_plain(one) for one in (line.case, line.month, event_words(line.event), by)]
        )
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="evidence.csv"'
    return answer


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_NO_SCRIPT) else cell


def _position(given: str | None) -> int | None:
    if given is None:
        return None
    if not given.isdecimal() or len(given) > 12:
        raise InvalidError("the address of a page of the ledger is not one of ours")
    return int(given)


def _written(place: TrailPlace) -> str:
    return f"{place.on.isoformat()}_{place.chain}_{place.position}"


def _read(after: str) -> TrailPlace:
    try:
        on, chain, position = after.split("_")
        return TrailPlace(date.fromisoformat(on), Chain(chain), _position(position) or 0)
    except ValueError as error:
        raise InvalidError("the address of a page of the trail is not one of ours") from error
