"""Flask sessions that keep everything in a sealed row and nothing in the cookie but its key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from safeshare.gate import SessionRows

_SEEN = "_seen"
_BEGAN = "_began"
_MINUTE = 60


class SealedSession(CallbackDict[str, Any], SessionMixin):
    """What a request may keep. `is_idle` says that it was left alone, or lasted, too long and holds
    only what `SessionLimits.kept_when_idle` names; `is_lost` that the visitor's cookie opens none.
    """

    def __init__(self, cookie: str, content: dict[str, Any], *, new: bool) -> None:
        super().__init__(content, _note_change)
        self.cookie = cookie
        self.new = new
        self.modified = False
        self.is_idle = False
        self.is_lost = False
        self.is_destroyed = False
        self.replaces: str | None = None

    def begin_again(self) -> None:
        """Let an idle session go on, with the little that it still holds, as one that begins now.

        Otherwise one past its absolute limit would lose the proof of its next form at once.
        """
        if self.is_idle:
            self.pop(_BEGAN, None)
            self.is_idle = False

    def destroy(self) -> None:
        """End it: the row and the cookie go with this response."""
        self.clear()
        self.is_destroyed = True


def _note_change(session: "SealedSession") -> None:
    session.modified = True
    session.accessed = True


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts by the security clock.

    After `idle` without a request, and after `absolute` whatever was done, the session is idle:
    only the keys in `kept_when_idle` are left, and none where it is empty.
    """

    idle: timedelta
    absolute: timedelta
    kept_when_idle: frozenset[str] = frozenset()


class SealedSessionInterface(SessionInterface):
    """One app's sessions. Flask's own cookie session, which anybody can read, is never used."""

    def __init__(
        self,
        rows: SessionRows,
        now: Callable[[], datetime],
        limits: SessionLimits,
        *,
        cookie: str,
        path: str,
        secure: bool,
    ) -> None:
        self._rows = rows
        self._now = now
        self._limits = limits
        self._cookie = cookie
        self._path = path
        self._secure = secure

    def get_cookie_name(self, app: Flask) -> str:
        """The cookie's name, for whoever must end it without its row."""
        return self._cookie

    def get_cookie_path(self, app: Flask) -> str:
        """The part of the host that the cookie is for."""
        return self._path

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie goes over https only."""
        return self._secure

    def open_session(self, app: Flask, request: Request) -> SealedSession:
        """The session of the cookie, or a new one that costs no row until something is kept."""
        cookie = request.cookies.get(self._cookie)
        content = self._rows.load(cookie) if cookie else None
        if cookie is None or content is None:
            session = SealedSession(self._rows.new_cookie(), {}, new=True)
            session.is_lost = cookie is not None
            return session
        return self._within_limits(cookie, content)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Seal what changed, and send the cookie; or end both."""
        if not isinstance(session, SealedSession):
            raise TypeError("not one of our sessions")
        if session.is_destroyed or (not session and session.modified):
            self._end(session, response)
        elif session.modified or self._is_due(session):
            self._keep(session, response)

    def renew(self, session: SealedSession) -> None:
        """Give the session a new cookie at a change of rights, so that none can be planted."""
        if not session.new and session.replaces is None:
            session.replaces = session.cookie
        session.cookie = self._rows.new_cookie()
        session.modified = True

    def _within_limits(self, cookie: str, content: dict[str, Any]) -> SealedSession:
        now = self._now().timestamp()
        began, seen = content.get(_BEGAN, 0.0), content.get(_SEEN, 0.0)
        is_over = now - began > self._limits.absolute.total_seconds()
        is_idle = is_over or now - seen > self._limits.idle.total_seconds()
        if is_idle:
            kept = self._limits.kept_when_idle | {_BEGAN, _SEEN}
            content = {key: value for key, value in content.items() if key in kept}
        session = SealedSession(cookie, content, new=False)
        session.is_idle = is_idle
        return session

    def _is_due(self, session: SealedSession) -> bool:
        """Whether being seen again is worth a write: at most one a minute."""
        if not session or session.is_idle:
            return False
        return self._now().timestamp() - float(session.get(_SEEN, 0.0)) >= _MINUTE

    def _keep(self, session: SealedSession, response: Response) -> None:
        now = self._now().timestamp()
        content = dict(session)
        content.setdefault(_BEGAN, now)
        if not session.is_idle:
            content[_SEEN] = now
        before = session.replaces
        begins = session.new or before is not None
        if not self._rows.save(session.cookie, content, begins=begins, in_place_of=before):
            return
        response.set_cookie(
            self._cookie,
            session.cookie,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )

    def _end(self, session: SealedSession, response: Response) -> None:
        if session.replaces is not None:
            self._rows.destroy(session.replaces)
        if not session.new:
            self._rows.destroy(session.cookie)
            response.delete_cookie(
                self._cookie,
                path=self._path,
                secure=self._secure,
                httponly=True,
                samesite="Strict",
            )
