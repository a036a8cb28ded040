"""The visitor's own session as what it is: sealed, renewable, and left alone for only so long."""

from flask import current_app, session

from safeshare.web.shared.session import SealedSession, SealedSessionInterface


def begin_anew_when_idle() -> None:
    """A visit that was left alone too long is over; what is typed now begins another."""
    if isinstance(session, SealedSession) and session.is_idle:
        session.clear()
        session.is_idle = False
        renew_visit()


def renew_visit() -> None:
    """Give this visit a new row and a new cookie; the old ones open nothing any more."""
    sessions = current_app.session_interface
    if isinstance(sessions, SealedSessionInterface) and isinstance(session, SealedSession):
        sessions.renew(session)
