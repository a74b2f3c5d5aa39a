"""Many cases on their way to another version: a slice at a time, each told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from engine.actor import Actor
from engine.commands import migrations
from engine.commands.migration import Order, carry
from engine.commands.pinned import pinned_to
from engine.commands.work import on_case
from engine.errors import CaseError
from storage.models import Case, Job, Migration
from storage.queries.line import Line
from storage.queries.migrations import fates_of
from storage.transaction import Transaction
from storage.vocabulary import Fate
from webapp.clock import now
from webapp.database import session, transaction
from webapp.i18n import comma, joined, name_of, obstacle, step_of
from webapp.i18n import gettext as _
from webapp.logs import log

#: So many cases are carried before the job makes room for others.
SLICE = 100


@dataclass(frozen=True, kw_only=True)
class CaseFate:
    """What became, or would become, of one case."""

    number: str
    fate: Fate
    versions: tuple[int, int]  #: from which to which
    obstacles: tuple[Mapping[str, Any], ...] = ()
    newly_asked: tuple[str, ...] = ()
    not_timed: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Return the fate as plain values."""
        return {
            "case": self.number,
            "fate": self.fate.value,
            "from": self.versions[0],
            "to": self.versions[1],
            "obstacles": [dict(each) for each in self.obstacles],
            "newly_asked": list(self.newly_asked),
            "not_timed": list(self.not_timed),
        }

    def told(self) -> str:
        """Return the fate as a sentence, with what keeps the case and the way out."""
        facts = {
            "number": self.number,
            "from_": self.versions[0],
            "to": self.versions[1],
            "why": joined(map(obstacle, self.obstacles)),
        }
        message = f"fate.{self.fate.value}"
        sentences = [_(message, **facts)]
        asked = comma().join(map(_asked, self.newly_asked))
        if asked:
            sentences.append(_("fate.newly_asked", records=asked))
        terms = comma().join(map(name_of, self.not_timed))
        if terms:
            sentences.append(_("fate.not_timed", terms=terms))
        return joined(sentences)


def fate_of(migration: Migration, row: Line) -> CaseFate:
    """Return a fate as it was kept; *row* has MigrationFate and Case."""
    kept = row.MigrationFate
    target = pinned_to(session(), migration.requirement_set_id)
    return CaseFate(
        number=row.Case.number,
        fate=kept.fate,
        versions=(kept.from_number, target.version),
        obstacles=tuple(kept.obstacles),
        newly_asked=tuple(kept.newly_asked),
    )


def progress_of(migration: Migration) -> dict[str, Any]:
    """Return how far a migration is, as plain values."""
    counts = fates_of(session(), migration.id)
    target = pinned_to(session(), migration.requirement_set_id)
    return {
        "id": migration.id,
        "process": migration.process_key,
        "from_version": migration.from_number,
        "to": target.version,
        "try_only": migration.try_only,
        "reason": migration.reason,
        "status": migration.status,
        "total": migration.total,
        "told": sum(counts.values()),
        "fates": {fate.value: counts.get(fate, 0) for fate in Fate},
        "started_by_id": migration.started_by_id,
        "started_at": migration.started_at,
        "ended_at": migration.ended_at,
    }


def carry_alone(case_id: UUID, order: Order, actor: Actor | None) -> CaseFate:
    """Carry one case over, or try it, in a transaction of its own; tells its fate.

    Without an *actor* it is the installation that acts, by the hand of who runs it.
    """
    case = session().get_one(Case, case_id)
    number, pinned = case.number, pinned_to(session(), case.requirement_set_id)
    target = pinned_to(session(), order.requirement_set)
    versions = (pinned.version, target.version)
    if pinned.id == target.id:
        return CaseFate(number=number, fate=Fate.SETTLED, versions=versions)
    try:
        with transaction() as tx:
            by = actor.id if actor is not None else None
            answer = carry(on_case(tx, case_id, actor), order, by=by)
    except CaseError as refusal:
        why = tuple(migrations.why_refused(refusal))
        return CaseFate(
            number=number, fate=Fate.REFUSED, versions=versions, obstacles=why
        )
    return CaseFate(
        number=number,
        fate=Fate.MOVABLE if order.try_only else Fate.MOVED,
        versions=versions,
        newly_asked=tuple(answer["newly_asked"]),
        not_timed=tuple(answer["not_timed"]),
    )


def go_on(migration_id: UUID) -> None:
    """Carry the next cases of a migration over, and queue the rest; or end it.

    Each case is a transaction of its own, and its fate is told in it: after a crash
    the next run goes on behind the last case that was told of.
    """
    found = migrations.next_cases(Transaction(session(), now()), migration_id, SLICE)
    session().rollback()
    for case_id in found:
        _carry(migration_id, case_id)
    with transaction() as tx:
        if not found:
            migrations.finish(tx, migration_id)
        else:
            _queue_rest(tx, migration_id, found[-1])


def _queue_rest(tx: Transaction, migration_id: UUID, last: UUID) -> None:
    """Queue the next slice, unless an earlier run of this one has done so."""
    key = f"{migration_id}:{last}"
    kind = migrations.MIGRATE_JOB
    known = tx.session.scalar(select(Job.id).where(Job.key == f"{kind}:{key}"))
    if known is None:
        tx.enqueue(kind, key, {"migration_id": str(migration_id)})


def _carry(migration_id: UUID, case_id: UUID) -> None:
    """Carry one case over; one that is refused does not keep back the others."""
    try:
        with transaction() as tx:
            migrations.carry_one(tx, migration_id, case_id)
    except (InterfaceError, OperationalError):
        raise  # the database is away: nothing is wrong with the case
    except CaseError as refusal:
        _refuse(migration_id, case_id, refusal)
    except Exception as error:  # noqa: BLE001 - whatever it was, the others go on
        facts = {"case_id": str(case_id), "migration_id": str(migration_id)}
        log.error("migration_failed", exc_info=error, extra={"facts": facts})
        _refuse(migration_id, case_id, None)


def _refuse(migration_id: UUID, case_id: UUID, refusal: CaseError | None) -> None:
    why = migrations.why_refused(refusal)
    with transaction() as tx:
        migrations.note_refused(tx, migration_id, case_id, why)


def _asked(line: str) -> str:
    """Return a record that a step already done would need, as people say it."""
    place, _blank, key = line.partition(" ")
    codes = key.partition(":")[2].split("|")
    step = step_of(place.partition(":")[2])
    return f"{step}: {' / '.join(map(name_of, codes))}"
