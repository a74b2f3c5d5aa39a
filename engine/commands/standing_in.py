"""For whom somebody acts as a standing deputy (代理).

A deputy takes the place, never the power: whoever stands in must be able to hold the
capacity by a post of their own, and speaks in no panel or committee for another.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Deputy


def principals(session: Session, deputy: UUID, moment: datetime) -> frozenset[UUID]:
    """Return for whom *deputy* stands in at *moment*."""
    found = session.scalars(
        select(Deputy.principal_id).where(
            Deputy.deputy_id == deputy, Deputy.since <= moment, Deputy.until > moment
        )
    )
    return frozenset(found)
