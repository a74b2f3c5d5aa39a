"""Which cases a migration is about, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import merge
from itertools import islice
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Case, MigrationFate, ProcessVersion, RequirementSet
from storage.queries.keyset import EXACT
from storage.queries.line import Line
from storage.vocabulary import CaseStatus, Fate

#: A case in one of these still goes on; a suspended one is told, and stays.
RUNNING = (CaseStatus.OPEN, CaseStatus.CLOSED, CaseStatus.SUSPENDED)


def sets_of(
    session: Session, process_key: str, issuer: str, number: int | None = None
) -> list[UUID]:
    """Return the requirement sets of a process, or of one version of it."""
    query = (
        select(RequirementSet.id)
        .join(ProcessVersion, RequirementSet.process_version_id == ProcessVersion.id)
        .where(
            RequirementSet.process_key == process_key, RequirementSet.issuer == issuer
        )
    )
    if number is not None:
        query = query.where(ProcessVersion.number == number)
    return list(session.scalars(query))


def running_under(
    session: Session,
    agency_id: UUID,
    sets: Collection[UUID],
    *,
    after: UUID,
    limit: int,
) -> list[UUID]:
    """Return running cases that are pinned to one of *sets*, by id, behind *after*.

    Each is found by one range of an index, so that it costs the same however many
    cases there are.
    """
    ranges = [
        session.scalars(
            select(Case.id)
            .where(
                Case.requirement_set_id == each,
                Case.status == status,
                Case.agency_id == agency_id,
                Case.id > after,
            )
            .order_by(Case.id)
            .limit(limit)
        ).all()
        for each in sets
        for status in RUNNING
    ]
    return list(islice(merge(*ranges), limit))


def count_under(session: Session, agency_id: UUID, sets: Collection[UUID]) -> int:
    """Return how many running cases are pinned to one of *sets*."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Case)
            .where(
                Case.requirement_set_id.in_(sets),
                Case.status.in_(RUNNING),
                Case.agency_id == agency_id,
            )
        )
        or 0
    )


def some_under(session: Session, agency_id: UUID, requirement_set_id: UUID) -> int:
    """Return how many running cases are pinned to a set, at most one beyond EXACT."""
    found = (
        select(Case.id)
        .where(
            Case.requirement_set_id == requirement_set_id,
            Case.status.in_(RUNNING),
            Case.agency_id == agency_id,
        )
        .limit(EXACT + 1)
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def last_told(session: Session, migration_id: UUID) -> UUID:
    """Return the last case whose fate is told; cases come in the order of their ids."""
    # Not max(): PostgreSQL has none for identifiers.
    found = session.scalar(
        select(MigrationFate.case_id)
        .where(MigrationFate.migration_id == migration_id)
        .order_by(MigrationFate.case_id.desc())
        .limit(1)
    )
    return found or UUID(int=0)


def fates_of(session: Session, migration_id: UUID) -> dict[Fate, int]:
    """Return how many cases met each fate."""
    rows = session.execute(
        select(MigrationFate.fate, func.count())
        .where(MigrationFate.migration_id == migration_id)
        .group_by(MigrationFate.fate)
    )
    return {fate: count for fate, count in rows}  # noqa: C416  # rows are no pairs


def told_fates(
    session: Session,
    migration_id: UUID,
    *,
    fate: Fate | None = None,
    after: UUID,
    limit: int,
) -> Sequence[Line]:
    """Return fates with their cases, by case id, behind *after*.

    Columns: MigrationFate, Case.
    """
    query = (
        select(MigrationFate, Case)
        .join(Case, MigrationFate.case_id == Case.id)
        .where(MigrationFate.migration_id == migration_id)
        .where(MigrationFate.case_id > after)
    )
    if fate is not None:
        query = query.where(MigrationFate.fate == fate)
    return session.execute(query.order_by(MigrationFate.case_id).limit(limit)).all()
