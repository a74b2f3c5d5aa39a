"""What deadlines do by themselves: warn, run out, wake the timer that waits for them.

Each takes effect in a command of its own, once; a case that is in use is passed over
and found again by the next sweep. Whether a sweep has come by never decides what is
allowed: commands compare the moments themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import aliased

from engine.commands import facts as case_facts
from engine.commands.advance import settle
from engine.commands.pinned import pinned_to
from engine.commands.standing import standing_in
from engine.commands.suspending import CASE_SUSPENDED
from engine.commands.work import LIVE, Work, on_case
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.deadlines import Term, is_overdue
from engine.rules.jurisdiction import Ruleset
from engine.runtime.instance import Instance
from storage.models import Case, Deadline, Person, PersonPost, Task
from storage.prepared import Prepared, as_loaded, keys_of
from storage.transaction import Transaction
from storage.vocabulary import Capacity, CaseStatus, DeadlineStatus, TaskStatus

#: Set when a deadline that locks runs out; nothing takes it back.
OVERDUE_FOR_EVER = "retro_overdue"

#: So much is kept of why a sweep gave up.
_REASON = 200

#: A diagram moves only while its case is at work.
_MOVING = frozenset({CaseStatus.OPEN, CaseStatus.CLOSED})

#: The row and its case, nobody else at work on it; nothing when somebody is.
_CLAIM = Prepared(
    select(*Deadline.__table__.columns, *Case.__table__.columns)
    .join(Case, Deadline.case_id == Case.id)
    .where(Deadline.id == bindparam("deadline"))
    .with_for_update(of=[Deadline, Case], skip_locked=True)
)
_MUTE = Prepared(
    update(Deadline).where(Deadline.id == bindparam("deadline")),
    {"warn_at", "parked_for"},
)
_PARK = Prepared(
    update(Deadline).where(Deadline.id == bindparam("deadline")),
    {"parked_at", "parked_for"},
)


@dataclass(frozen=True)
class Told:
    """Who is told of a deadline in one capacity."""

    capacity: Capacity
    people: tuple[UUID, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Return it as an event keeps it."""
        return {
            "capacity": self.capacity.value,
            "people": [str(p) for p in self.people],
        }


def due(tx: Transaction, limit: int = 200) -> list[UUID]:
    """Return running deadlines whose moment has passed, the oldest first.

    Those that a sweep has parked are not among them.
    """
    return list(
        tx.session.scalars(
            select(Deadline.id)
            .where(
                Deadline.status == DeadlineStatus.RUNNING,
                Deadline.due_at < tx.now.replace(microsecond=0),
                Deadline.parked_at.is_(None),
            )
            .order_by(Deadline.due_at, Deadline.id)
            .limit(limit)
        )
    )


def to_warn(tx: Transaction, limit: int = 200) -> list[UUID]:
    """Return the deadlines of which somebody must be warned now, the oldest first."""
    return list(
        tx.session.scalars(
            select(Deadline.id)
            .where(
                Deadline.warn_at.is_not(None),
                Deadline.warn_at <= tx.now,
                Deadline.parked_at.is_(None),
            )
            .order_by(Deadline.warn_at, Deadline.id)
            .limit(limit)
        )
    )


def fire(tx: Transaction, deadline_id: UUID) -> bool:
    """Let a deadline take its effect once; says whether it did.

    It wakes its timer, or lapses as a right does, or is overdue and somebody is told.
    Nothing happens when it still runs, is over, or somebody is at work on its case.
    """
    claimed = _claim(tx, deadline_id)
    if claimed is None:
        return False
    deadline, case = claimed
    running = deadline.status is DeadlineStatus.RUNNING
    if not running or not is_overdue(deadline.due_at, tx.now):
        return False
    if deadline.fires:
        return _wake(tx, deadline_id, case)
    tx.watch(deadline, case)
    term = _rules(tx, case).terms.get(deadline.code)
    deadline.warn_at = None
    if deadline.lapses:
        _end(deadline, DeadlineStatus.LAPSED)
        _log(tx, case, deadline, EventTag.DEADLINE_FIRED, _escalated(term))
        return True
    _end(deadline, DeadlineStatus.OVERDUE)
    if term is not None and term.locks:
        case.facts = {**case.facts, OVERDUE_FOR_EVER: True}
    _log(tx, case, deadline, EventTag.DEADLINE_OVERDUE, _escalated(term))
    return True


def warn(tx: Transaction, deadline_id: UUID) -> bool:
    """Warn of a deadline once for each of its steps before the end; says whether.

    Steps that passed while nobody swept are made up for by one warning.
    """
    claimed = _claim(tx, deadline_id)
    if claimed is None:
        return False
    deadline, case = claimed
    if deadline.warn_at is None or deadline.warn_at > tx.now:
        return False
    tx.watch(deadline, case)
    term = _rules(tx, case).terms.get(deadline.code)
    over = is_overdue(deadline.due_at, tx.now)
    if term is None or over or deadline.status is not DeadlineStatus.RUNNING:
        deadline.warn_at = None
        return False
    told = tuple(_people(tx, case, term.warned))
    entry = {
        "at": tx.now.isoformat(),
        "due_at": deadline.due_at.isoformat(),
        "told": [line.facts() for line in told],
    }
    deadline.warned = [*(deadline.warned or []), entry]
    deadline.warn_at = term.next_warning(deadline.due_at, tx.now)
    _log(tx, case, deadline, EventTag.DEADLINE_WARNED, told)
    return True


def park(tx: Transaction, deadline_id: UUID, reason: str) -> None:
    """Let no sweep try a deadline again until a person has looked."""
    parked = {"parked_at": tx.now, "parked_for": reason[:_REASON]}
    tx.run(_PARK, [{"deadline": deadline_id, **parked}])


def mute(tx: Transaction, deadline_id: UUID, reason: str) -> None:
    """Give no more warnings of a deadline; its end takes effect all the same."""
    tx.run(
        _MUTE,
        [{"deadline": deadline_id, "warn_at": None, "parked_for": reason[:_REASON]}],
    )


def unpark(tx: Transaction, deadline_id: UUID | None = None) -> int:
    """Let parked deadlines be tried again, all or one; returns how many."""
    which = [] if deadline_id is None else [Deadline.id == deadline_id]
    found = tx.session.execute(
        update(Deadline)
        .where(
            Deadline.parked_at.is_not(None),
            Deadline.parked_for != CASE_SUSPENDED,
            *which,
        )
        .values(parked_at=None, parked_for=None)
        .returning(Deadline.id)
    )
    return len(found.all())


def _claim(tx: Transaction, deadline_id: UUID) -> tuple[Deadline, Case] | None:
    rows = _CLAIM.tuples(tx.connection, deadline=deadline_id)
    if not rows:
        return None
    own = len(keys_of(Deadline))
    return as_loaded(Deadline, rows[0][:own]), as_loaded(Case, rows[0][own:])


def _rules(tx: Transaction, case: Case) -> Ruleset:
    return pinned_to(tx.session, case.requirement_set_id).rules(tx.now)


def _end(deadline: Deadline, status: DeadlineStatus) -> None:
    lifecycle.DEADLINE.check(deadline.status, status)
    deadline.status = status
    if status is DeadlineStatus.OVERDUE:
        deadline.overdue_at = deadline.due_at


def _wake(tx: Transaction, deadline_id: UUID, case: Case) -> bool:
    """Let the timer of a deadline that is due move the case."""
    if case.status not in _MOVING:
        suspended = case.status is CaseStatus.SUSPENDED
        park(tx, deadline_id, CASE_SUSPENDED if suspended else f"case_{case.status}")
        return False
    work = on_case(tx, case.id, None)
    deadline = tx.session.get_one(Deadline, deadline_id)
    term = work.rules.terms.get(deadline.code)
    locks = term is not None and term.locks
    deadline.warn_at = None
    stays = locks or _goes_on(work, deadline)
    _end(deadline, DeadlineStatus.OVERDUE if stays else DeadlineStatus.LAPSED)
    if locks:
        work.case.facts = {**work.case.facts, OVERDUE_FOR_EVER: True}
    task = tx.session.get(Task, deadline.task_id) if deadline.task_id else None
    if task is not None and task.status in LIVE:
        work.was_due = deadline.due_at
        _move(work, task)
    tag = EventTag.DEADLINE_OVERDUE if stays else EventTag.DEADLINE_FIRED
    _log(tx, work.case, deadline, tag, _escalated(term))
    return True


def _goes_on(work: Work, deadline: Deadline) -> bool:
    """Say whether what is late can still be done: a duty whose step stays open."""
    task = work.tx.session.get(Task, deadline.task_id) if deadline.task_id else None
    if task is None or deadline.lapses:
        return False
    node = work.pinned.bundle.node(task.process, task.element)
    return node.attached_to is not None and not node.interrupting


def _move(work: Work, task: Task) -> None:
    work.task = task
    now = work.tx.now
    instance = Instance.restore(work.pinned.bundle, work.case.state or b"")
    delta = instance.fire(
        task.id,
        case_facts.everywhere(work, now),
        functions=case_facts.functions(work),
        context=work,
    )
    task.status, task.closed_at = TaskStatus.DONE, now
    settle(work, instance, delta, now)


def _escalated(term: Term | None) -> tuple[Told, ...]:
    """Return to whom it goes, by capacity: thousands may run out in one night."""
    return () if term is None else tuple(Told(c) for c in term.escalates)


def _people(
    tx: Transaction, case: Case, capacities: Sequence[Capacity]
) -> Iterable[Told]:
    """Return who is told: who holds the capacity in the case, else in the unit.

    Where nobody in the unit has a fitting post, everybody of the agency who has.
    """
    if not capacities:
        return
    known = standing_in(tx, case.id)
    open_to = {c: known.holders(c) - known.recused for c in capacities}
    wanted = {c: _rules(tx, case).posts(c) for c, held in open_to.items() if not held}
    found = _by_post(tx, case, {post for posts in wanted.values() for post in posts})
    for capacity, held in open_to.items():
        if held:
            yield Told(capacity, tuple(sorted(held)))
            continue
        fit = {p for post in wanted[capacity] for p in found.get(post, ())}
        near = {p for p, unit in fit if unit == case.unit_id and unit is not None}
        everybody = near or {p for p, _ in fit}
        yield Told(capacity, tuple(sorted(everybody - known.recused)))


def _by_post(
    tx: Transaction, case: Case, posts: set[Any]
) -> Mapping[str, set[tuple[UUID, UUID | None]]]:
    if not posts:
        return {}
    held = aliased(PersonPost)
    found: dict[str, set[tuple[UUID, UUID | None]]] = {}
    for row in tx.session.execute(
        select(held.post, Person.id, Person.unit_id)
        .join(held, held.person_id == Person.id)
        .where(
            Person.agency_id == case.agency_id,
            Person.active,
            held.post.in_(sorted(posts)),
        )
    ):
        found.setdefault(row.post, set()).add((row.id, row.unit_id))
    return found


def _log(
    tx: Transaction,
    case: Case,
    deadline: Deadline,
    tag: EventTag,
    told: Iterable[Told],
) -> None:
    tx.log(
        tag,
        case,
        by=None,
        subject=deadline.id,
        facts={
            "code": deadline.code,
            "due_at": deadline.due_at,
            "cites": deadline.cites,
            "told": [line.facts() for line in told],
        },
    )
