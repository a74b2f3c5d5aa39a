"""Carry many running cases over: ordered once, done case by case, told for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.definitions import newest_set
from engine.commands.migration import Order, carry, renamings, require_migrator
from engine.commands.people import actor_of
from engine.commands.pinned import pinned_to
from engine.commands.version_errors import MigrationRunning
from engine.commands.work import on_case
from engine.errors import CaseError, Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.runtime.errors import MoveUnsafe
from storage.database import new_id
from storage.models import Agency, Case, Migration, MigrationFate
from storage.queries import migrations as query
from storage.transaction import Transaction
from storage.vocabulary import Fate, MigrationStatus

#: The job that goes on with a migration; each carries some cases and queues the next.
MIGRATE_JOB = "migrate_cases"


@act("migrations.start")
def start(  # what may be said of a migration
    tx: Transaction,
    process: str,
    reason: str,
    from_version: int | None = None,
    to: int | None = None,
    renamed: Mapping[str, str] | None = None,
    try_only: bool = False,  # noqa: FBT001, FBT002  # a parameter of the act
    *,
    actor: Actor,
) -> Result:
    """Order that the agency's running cases of a process go over to one version.

    The worker carries them over, one transaction each; what is refused stays where
    it is, with its reasons. A version that is published meanwhile changes nothing.

    Raises:
        NotAllowed: the actor holds no post that may migrate cases.
        MigrationRunning: one is under way for this process.
    """
    require_migrator(tx, actor, "migrations.start")
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    renamings(renamed or {})
    agency = tx.session.scalars(
        select(Agency).where(Agency.id == actor.agency_id).with_for_update()
    ).one()
    target = newest_set(tx, process, agency.issuer, to)
    if target is None:
        raise NotFound("process", process)
    _check_none_runs(tx, agency.id, process)
    sets = query.sets_of(tx.session, process, agency.issuer, from_version)
    row = Migration(
        id=new_id(),
        agency_id=agency.id,
        process_key=process,
        from_number=from_version,
        requirement_set_id=target.id,
        renamed=dict(renamed or {}),
        try_only=try_only,
        reason=reason.strip(),
        status=MigrationStatus.RUNNING,
        total=query.count_under(
            tx.session, agency.id, [each for each in sets if each != target.id]
        ),
        started_by_id=actor.id,
        started_at=tx.now,
    )
    tx.add(row)
    tx.enqueue(MIGRATE_JOB, str(row.id), {"migration_id": str(row.id)})
    return _log(tx, EventTag.MIGRATION_STARTED, row, by=actor.id)


@act("migrations.cancel")
def cancel(tx: Transaction, migration_id: UUID, *, actor: Actor) -> Result:
    """Stop a migration; what has gone over stays there, the rest where it is.

    Raises:
        NotAllowed: the actor holds no post that may migrate cases.
        IllegalTransition: it is over.
    """
    require_migrator(tx, actor, "migrations.cancel")
    row = _locked(tx, migration_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFound("migration", str(migration_id))
    lifecycle.MIGRATION.check(row.status, MigrationStatus.CANCELLED)
    row.status, row.ended_at = MigrationStatus.CANCELLED, tx.now
    return _log(tx, EventTag.MIGRATION_ENDED, row, by=actor.id)


def next_cases(tx: Transaction, migration_id: UUID, limit: int) -> list[UUID]:
    """Return the cases whose turn it is, by id; none: it is over, or was stopped."""
    row = tx.session.get(Migration, migration_id)
    if row is None or row.status is not MigrationStatus.RUNNING:
        return []
    issuer = tx.session.get_one(Agency, row.agency_id).issuer
    sets = query.sets_of(tx.session, row.process_key, issuer, row.from_number)
    return query.running_under(
        tx.session,
        row.agency_id,
        [each for each in sets if each != row.requirement_set_id],
        after=query.last_told(tx.session, migration_id),
        limit=limit,
    )


def carry_one(tx: Transaction, migration_id: UUID, case_id: UUID) -> bool:
    """Carry one case over, or say that it could be; says whether it was its turn.

    A case whose fate is told already is left alone: again, it changes nothing.

    Raises:
        CaseError: the case stays where it is; `note_refused` keeps why.
    """
    found = _turn(tx, migration_id, case_id)
    if found is None:
        return False
    actor = actor_of(tx.session, found.started_by_id)
    if actor is None:
        raise NotFound("person", str(found.started_by_id))
    require_migrator(tx, actor, "cases.migrate")
    work = on_case(tx, case_id, actor)
    order = Order(
        requirement_set=found.requirement_set_id,
        reason=found.reason,
        renamed=found.renamed,
        try_only=found.try_only,
        migration_id=found.id,
    )
    if work.pinned.id == found.requirement_set_id:
        return _tell(tx, found, work.case, Fate.SETTLED)
    was = work.pinned.version
    answer = carry(work, order, by=actor.id)
    fate = Fate.MOVABLE if found.try_only else Fate.MOVED
    asked = answer["newly_asked"]
    return _tell(tx, found, work.case, fate, was=was, newly_asked=asked)


def note_refused(
    tx: Transaction, migration_id: UUID, case_id: UUID, why: list[dict[str, str]]
) -> bool:
    """Keep why a case stays where it is; says whether that was not told yet."""
    found = _turn(tx, migration_id, case_id)
    case = tx.session.get(Case, case_id)
    if found is None or case is None:
        return False
    return _tell(tx, found, case, Fate.REFUSED, obstacles=why)


def why_refused(refusal: CaseError | None) -> list[dict[str, str]]:
    """Return what keeps a case where it is as obstacles; None: nobody knows."""
    if isinstance(refusal, MoveUnsafe):
        return refusal.obstacles
    reason = "failed" if refusal is None else refusal.code
    return [{"process": "", "element": "", "reason": reason}]


def finish(tx: Transaction, migration_id: UUID) -> bool:
    """Note that no case is left; says whether that was not noted yet."""
    row = _locked(tx, migration_id)
    if row is None or row.status is not MigrationStatus.RUNNING:
        return False
    row.status, row.ended_at = MigrationStatus.DONE, tx.now
    _log(tx, EventTag.MIGRATION_ENDED, row, by=None)
    return True


def _check_none_runs(tx: Transaction, agency_id: UUID, process: str) -> None:
    running = tx.session.scalar(
        select(Migration.id).where(
            Migration.agency_id == agency_id,
            Migration.process_key == process,
            Migration.status == MigrationStatus.RUNNING,
        )
    )
    if running is not None:
        raise MigrationRunning(process, str(running))


def _turn(tx: Transaction, migration_id: UUID, case_id: UUID) -> Migration | None:
    """Return the migration if it goes on and has not told the fate of the case."""
    row = _locked(tx, migration_id)
    if row is None or row.status is not MigrationStatus.RUNNING:
        return None
    told = tx.session.get(MigrationFate, (migration_id, case_id))
    return row if told is None else None


def _locked(tx: Transaction, migration_id: UUID) -> Migration | None:
    return tx.session.scalar(
        select(Migration)
        .where(Migration.id == migration_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _tell(  # what is kept of a fate
    tx: Transaction,
    migration: Migration,
    case: Case,
    fate: Fate,
    *,
    was: int | None = None,
    obstacles: list[dict[str, str]] | None = None,
    newly_asked: list[str] | None = None,
) -> bool:
    if was is None:
        was = pinned_to(tx.session, case.requirement_set_id).version
    tx.add(
        MigrationFate(
            migration_id=migration.id,
            case_id=case.id,
            fate=fate,
            from_number=was,
            obstacles=obstacles or [],
            newly_asked=newly_asked or [],
            told_at=tx.now,
        )
    )
    return True


def _log(tx: Transaction, tag: EventTag, row: Migration, *, by: UUID | None) -> Result:
    result: dict[str, Any] = {
        "migration_id": str(row.id),
        "status": row.status.value,
        "total": row.total,
    }
    tx.log_apart(
        tag,
        row.agency_id,
        by=by,
        subject=row.id,
        facts={
            "process": row.process_key,
            "from": row.from_number,
            "requirement_set": row.requirement_set_id,
            "try_only": row.try_only,
            "renamed": row.renamed,
            "reason": row.reason,
            "fates": {
                fate.value: count
                for fate, count in query.fates_of(tx.session, row.id).items()
            },
        },
        result=result,
    )
    return result
