"""Let deadlines warn and take effect when their instant has passed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError

from engine.commands import firing, new_calendar
from engine.errors import CaseError
from storage.transaction import Transaction
from webapp.clock import now
from webapp.database import batch, has_one_writer, session, transaction
from webapp.logs import log

#: So many are looked up at a time.
BATCH = 1000
#: So many are made durable together where one transaction writes at a time.
TOGETHER = 50

_Find = Callable[[Transaction, int], list[UUID]]
_Act = Callable[[Transaction, UUID], bool]
#: What is done with a row that fails, and why it did.
_GiveUp = Callable[[Transaction, UUID, str], None]


def sweep(go_on: Callable[[], bool] = lambda: True) -> int:
    """Warn of, and fire, every deadline that is due; returns how many it did.

    One command each, the longest overdue first; several workers may sweep at once.
    On SQLite, which has one writer, some become durable together. A row whose case is
    in use is left to the next sweep, and one that fails is parked: neither stops the
    others. Ends when *go_on* says no.
    """
    # Ends come first: what has run out needs no warning.
    ends = _each(firing.due, firing.fire, firing.park, go_on)
    return ends + _each(firing.to_warn, firing.warn, firing.mute, go_on)


def recount() -> int:
    """Count every running deadline by the newest calendar; returns how many moved."""
    moved, last = 0, UUID(int=0)
    while True:
        tx = Transaction(session(), now())
        found = new_calendar.counted_by_calendar(tx, last, BATCH)
        session().rollback()
        if not found:
            return moved
        for deadline_id in found:
            moved += _one(new_calendar.recount_one, deadline_id, _leave)
        last = found[-1]


def _each(find: _Find, act: _Act, give_up: _GiveUp, go_on: Callable[[], bool]) -> int:
    done = 0
    passed_over = set[UUID]()
    size = TOGETHER if has_one_writer() else 1
    while found := [
        each for each in _found(find, len(passed_over)) if each not in passed_over
    ]:
        for first in range(0, len(found), size):
            if not go_on():
                return done
            some = found[first : first + size]
            effective = _some(act, some, give_up)
            done += len(effective)
            passed_over |= set(some) - effective
    return done


def _some(act: _Act, some: list[UUID], give_up: _GiveUp) -> set[UUID]:
    """Let some deadlines take their effect; returns those that did."""
    if len(some) == 1:
        return {each for each in some if _one(act, each, give_up)}
    effective = set[UUID]()
    failed = []
    with batch() as commands:
        for deadline_id in some:
            try:
                with commands.command() as tx:
                    if act(tx, deadline_id):
                        effective.add(deadline_id)
            except (InterfaceError, OperationalError):
                raise
            except Exception:  # noqa: BLE001 - tried once more by itself, and told
                failed.append(deadline_id)
    return effective | {each for each in failed if _one(act, each, give_up)}


def _one(act: _Act, deadline_id: UUID, give_up: _GiveUp) -> bool:
    """Let one deadline take its effect; one that fails is given up, and told."""
    try:
        with transaction() as tx:
            return act(tx, deadline_id)
    except (InterfaceError, OperationalError):
        raise  # the database is away: nothing is wrong with the row
    except Exception as error:  # noqa: BLE001 - whatever it was, the others go on
        kind = error.code if isinstance(error, CaseError) else type(error).__name__
        facts = {"deadline_id": str(deadline_id), "code": kind}
        log.error("deadline_given_up", exc_info=error, extra={"facts": facts})
        with transaction() as tx:
            give_up(tx, deadline_id, kind)
        return False


def _leave(_tx: Transaction, _deadline_id: UUID, _reason: str) -> None:
    """Leave a row as it is; its old end stands."""


def _found(find: _Find, passed_over: int) -> list[UUID]:
    """Look for what is due, beyond as many as were passed over."""
    found = find(Transaction(session(), now()), BATCH + passed_over)
    session().rollback()
    return found
