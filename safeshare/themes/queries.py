"""Finding parcels, releases and facts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from safeshare.themes.models import Parcel, Release


def list_parcels(session: Session, periods: Sequence[str]) -> Sequence[Parcel]:
    """The parcels of these periods."""
    return session.scalars(select(Parcel).where(Parcel.period.in_(periods))).all()


def find_earliest_parcel_period(session: Session, after: str) -> str | None:
    """The key of the earliest period after `after` for which there is a parcel."""
    return session.scalar(select(func.min(Parcel.period)).where(Parcel.period > after))


def find_last_released_day(session: Session) -> date | None:
    """The last day that any release covers."""
    return session.scalar(select(func.max(Release.until_on)))


def list_releases(session: Session, most: int) -> Sequence[Release]:
    """The newest releases, the newest first."""
    return session.scalars(select(Release).order_by(Release.from_on.desc()).limit(most)).all()
