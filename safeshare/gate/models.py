"""The rows that need no ledger entry: sessions (a reporter's draft lives in one) and heartbeats."""

from datetime import date, datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base
from safeshare.kernel.sealed import Sealed


class SessionRow(Base):
    """A session: its id's hash, and a box that only the cookie's half opens."""

    __abstract__ = True

    id_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    box: Mapped[Sealed]
    purge_on: Mapped[date] = mapped_column(index=True)


class StaffSession(SessionRow):
    """A session of the staff app."""

    __tablename__ = "staff_session"


class ReporterSession(SessionRow):
    """A session of the reporter app, draft included."""

    __tablename__ = "reporter_session"


class Heartbeat(Base):
    """The last sign of life of a background process."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
