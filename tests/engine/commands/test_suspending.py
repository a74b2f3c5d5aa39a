"""Clocks of a case that stands still: which stop, and where they go on."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from engine.commands.pinned import SHANGHAI
from engine.commands.suspending import cancel_clocks, resume_clocks, suspend_clocks
from engine.commands.work import on_case
from storage.vocabulary import DeadlineStatus
from tests.case_file import MONDAY
from tests.engine.commands.settling import deadline, to_settle
from tests.factories import DAY

#: MONDAY and ninety days.
END = datetime(2026, 6, 7, 23, 59, 59, tzinfo=SHANGHAI)


@pytest.fixture
def settling(office):
    """Return a case that is to be settled within ninety days."""
    return to_settle(office)


@contextmanager
def locked(case):
    """Yield the locked case, as a command that suspends it has it."""
    with case.office.transaction() as tx:
        yield on_case(tx, case.id, None)


def suspend(case):
    """Stop the clocks of a case."""
    with locked(case) as work:
        return suspend_clocks(work, "等待法院裁判", actor=case.office.actor("fang"))


def resume(case):
    """Let the clocks of a case go on."""
    with locked(case) as work:
        return resume_clocks(work)


def test_a_stopped_clock_goes_on_where_it_stood(settling, office):
    """Ten days of standing still put the end off by ten days, both ends are told."""
    office.now = MONDAY + 10 * DAY
    stopped = suspend(settling)
    during = deadline(settling)
    office.now += 10 * DAY
    (moved,) = resume(settling)
    row = deadline(settling)

    assert [line["code"] for line in stopped] == ["decision"]
    assert (during.status, during.warn_at) == (DeadlineStatus.SUSPENDED, None)
    assert (moved["due_from"], moved["due_to"]) == (END, END + 10 * DAY)
    assert (row.status, row.due_at) == (DeadlineStatus.RUNNING, END + 10 * DAY)
    assert [(e["first"], e["last"]) for e in row.deductions] == [
        ("2026-03-19", "2026-03-28")
    ]


def test_a_step_shows_no_end_while_its_clock_stands(settling, office):
    """Nobody can say when a stopped term ends; after it goes on the step shows it."""
    office.now += DAY
    suspend(settling)
    during = settling.task("settle").due_at
    office.now += 3 * DAY
    resume(settling)

    assert during is None
    assert settling.task("settle").due_at == END + 3 * DAY


def test_a_stop_within_one_day_moves_nothing(settling, office):
    """The day on which a case goes on counts, so stopping for hours gains no day."""
    suspend(settling)
    office.now += timedelta(hours=6)
    resume(settling)

    assert deadline(settling).due_at == END
    assert deadline(settling).deductions == []


def test_a_second_stop_adds_to_the_first(settling, office):
    """Each stop counts by itself."""
    for days in (2, 5):
        office.now += DAY
        suspend(settling)
        office.now += days * DAY
        resume(settling)

    assert deadline(settling).due_at == END + 7 * DAY


def test_a_right_of_the_party_runs_on(office):
    """Only terms whose rules allow it stop; those of a party run on."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    due = deadline(case, "defense").due_at
    stopped = suspend(case)

    assert stopped == []
    assert deadline(case, "defense").status is DeadlineStatus.RUNNING
    assert deadline(case, "defense").due_at == due


def test_what_has_run_out_is_not_stopped(settling, office):
    """A term that ended before the case stood still is late, noticed or not."""
    office.now = END + DAY
    stopped = suspend(settling)
    office.pass_time(END + 2 * DAY)

    assert stopped == []
    assert deadline(settling).overdue_at == END


def test_a_terminated_case_owes_only_its_recordings(office):
    """The clocks of a case that ends early are cancelled, not that of its film."""
    case = office.open_case().inspect()
    case.declare("zhou", "onsite_inspection", "video")
    with locked(case) as work:
        gone = cancel_clocks(work)

    assert gone == [deadline(case, "docketing").id]
    assert deadline(case, "docketing").status is DeadlineStatus.CANCELLED
    assert deadline(case, "footage_deposit").status is DeadlineStatus.RUNNING
