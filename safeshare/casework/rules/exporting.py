"""Why a case may leave SafeShare as a file."""

from enum import StrEnum


class ExportPurpose(StrEnum):
    """What a copy is for. Plain on the ledger, since the reporter is told of it."""

    HEARING = "hearing"
    COURT = "court"
    AUTHORITY = "authority"
    FOR_REPORTER = "for_reporter"
