"""Another version of a process, put beside the shipped one without publishing it."""

from __future__ import annotations

from sqlalchemy import func, select

from storage.database import new_id
from storage.models import PackVersion, ProcessVersion, RequirementSet

PENALTY = "penalty/penalty.bpmn"


def add_version(session, changed, *, key="penalty", pack=None):
    """Store a version in which some files read otherwise; returns the set it makes.

    No case begins under it. What would be refused when published may be stored, too.
    With *pack* it has a number of its own, and another text if one is given.
    """
    shipped = session.scalars(
        select(RequirementSet)
        .join(ProcessVersion, RequirementSet.process_version_id == ProcessVersion.id)
        .where(ProcessVersion.key == key, RequirementSet.issuer == "pingdingshan")
        .order_by(ProcessVersion.number)
    ).first()
    drawn = session.get_one(ProcessVersion, shipped.process_version_id)
    number = 1 + session.scalar(
        select(func.max(ProcessVersion.number)).where(ProcessVersion.key == key)
    )
    version = ProcessVersion(
        id=new_id(),
        key=key,
        number=number,
        digest=f"{key} {number}",
        files={**drawn.files, **changed},
        published_at=drawn.published_at,
    )
    session.add(version)
    session.flush()
    pack_id = shipped.pack_version_id
    if pack is not None:
        pack_id = _add_pack(session, pack_id, *pack)
    made = RequirementSet(
        id=new_id(),
        process_version_id=version.id,
        pack_version_id=pack_id,
        national_version_id=shipped.national_version_id,
        process_key=key,
        issuer="pingdingshan",
        digest=f"{key} {number}",
        published_at=drawn.published_at,
        withdrawn_at=drawn.published_at,
    )
    session.add(made)
    session.flush()
    return made.id


def shipped_set(session):
    """Return the set under which a case of Pingdingshan begins."""
    return session.scalar(
        select(RequirementSet.id)
        .where(
            RequirementSet.process_key == "penalty",
            RequirementSet.issuer == "pingdingshan",
            RequirementSet.withdrawn_at.is_(None),
        )
        .order_by(RequirementSet.published_at)
    )


def _add_pack(session, pack_id, number, text):
    before = session.get_one(PackVersion, pack_id)
    made = PackVersion(
        id=new_id(),
        issuer=before.issuer,
        number=number,
        digest=str(number),
        text=text or before.text,
        published_at=before.published_at,
    )
    session.add(made)
    session.flush()
    return made.id
