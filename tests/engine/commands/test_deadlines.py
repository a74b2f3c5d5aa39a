"""Deadlines: absolute, lengthened by law alone, effective once, late for ever."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from engine.commands import firing
from engine.commands.errors import (
    CaseClosed,
    NotAllowed,
    NotExtendable,
)
from engine.errors import IllegalTransition, Invalid
from engine.events import EventTag
from engine.rules.errors import CalendarUnknown
from storage.models import Recording, Task
from storage.vocabulary import DeadlineStatus, TaskStatus
from tests.case_file import ACCEPTED, HOUR, MONDAY
from tests.engine.commands.settling import (
    deadline,
    deduct,
    extend,
    last_second,
    to_settle,
)
from tests.factories import DAY

SECOND = timedelta(seconds=1)


@pytest.fixture
def settling(office):
    """Return a case that is to be settled within ninety days."""
    return to_settle(office)


def fire(office, case, code):
    """Let a deadline take its effect, if it is due."""
    with office.transaction() as tx:
        firing.fire(tx, deadline(case, code).id)


def test_a_deadline_keeps_its_arithmetic(settling):
    """Base, length, unit, clauses and the last second in time are stored."""
    row = deadline(settling)

    assert (row.base_at, row.length, row.unit) == (MONDAY, 90, "day")
    assert row.due_at == last_second(6, 7)
    assert row.cites == ["pl-60"]
    assert settling.task("settle").due_at == row.due_at


def test_an_extension_ends_at_its_limit(settling):
    """Thirty days more, in parts or at once, and not one more (处罚法 60)."""
    extend(settling, "fang", 20)
    with pytest.raises(NotExtendable) as refused:
        extend(settling, "lin", 11)
    extend(settling, "lin", 10)
    row = deadline(settling)

    assert refused.value.facts() == {
        "deadline": "decision",
        "most": 30,
        "so_far": 20,
        "cites": ["pl-60"],
    }
    assert [entry["length"] for entry in row.extensions] == [20, 10]
    assert row.due_at == last_second(7, 7)


def test_an_extension_has_a_leader_a_length_and_a_reason(settling):
    """Only the posts that the pack names extend; never by nothing, or silently."""
    with pytest.raises(NotAllowed) as refused:
        extend(settling, "qin", 5)
    with pytest.raises(Invalid):
        extend(settling, "fang", 0)
    with pytest.raises(Invalid):
        extend(settling, "fang", -5)
    with pytest.raises(Invalid):
        extend(settling, "fang", 5, reason=" ")

    assert refused.value.posts == ["deputy_head", "agency_head"]
    assert deadline(settling).extensions == []


def test_what_the_law_does_not_extend(office):
    """A deadline without an extension in the pack cannot be lengthened by anybody."""
    case = office.open_case().accept()
    with pytest.raises(NotExtendable) as refused:
        extend(case, "lin", 1, code="docketing")

    assert refused.value.most == 0


def test_a_worklist_shows_the_new_end(settling):
    """Moved by extension or exclusion, the end moves on the open step as well."""
    extend(settling, "fang", 10)
    deduct(settling, "2026-03-16", "2026-03-20")

    assert deadline(settling).due_at == last_second(6, 22)
    assert settling.task("settle").due_at == last_second(6, 22)


def test_excluded_days_count_once(settling):
    """Days excluded twice count as excluded once; days outside the term as none."""
    deduct(settling, "2026-03-16", "2026-03-20")
    once = deadline(settling).due_at
    deduct(settling, "2026-03-18", "2026-03-20")
    deduct(settling, "2025-01-01", "2025-01-31")

    assert once == last_second(6, 12)
    assert deadline(settling).due_at == once


def test_exclusions_have_an_order_and_a_leader(settling):
    """The last day is not before the first, and a leader decides."""
    with pytest.raises(NotAllowed):
        deduct(settling, "2026-03-16", "2026-03-20", who="zhou")
    with pytest.raises(Invalid):
        deduct(settling, "2026-03-20", "2026-03-16")

    assert deadline(settling).deductions == []


@pytest.mark.parametrize(
    ("first", "last"), [("0001-01-01", "9999-12-31"), ("2026-03-16", "2400-01-01")]
)
def test_excluded_days_are_on_the_calendar(settling, first, last):
    """Days of years without a published calendar are not excluded."""
    with pytest.raises(CalendarUnknown):
        deduct(settling, first, last)

    assert deadline(settling).deductions == []


def test_overdue_is_noted_and_never_healed(settling, office):
    """Met late, a deadline is met and stays marked with the moment it ran out."""
    due = deadline(settling).due_at
    office.pass_time(due + 2 * DAY)
    overdue = deadline(settling)
    settling.complete("zhou", "settle")
    met = deadline(settling)

    assert (overdue.status, overdue.overdue_at) == (DeadlineStatus.OVERDUE, due)
    assert (met.status, met.met_at, met.overdue_at) == ("met", office.now, due)


def test_late_without_a_sweep_is_late(settling, office):
    """Whether or not a sweep noticed in time, what was late is marked late."""
    due = deadline(settling).due_at
    office.now = due + SECOND
    settling.complete("zhou", "settle")
    met = deadline(settling)

    assert (met.status, met.overdue_at) == (DeadlineStatus.MET, due)


def test_the_last_second_is_in_time(settling, office):
    """To the end of its last second a deadline runs, is met, and is not overdue."""
    due = deadline(settling).due_at
    office.now = due + timedelta(microseconds=999_999)
    fire(office, settling, "decision")
    running = deadline(settling).status
    settling.complete("zhou", "settle")

    assert running is DeadlineStatus.RUNNING
    assert deadline(settling).overdue_at is None


def test_an_overdue_deadline_is_not_extended(settling, office):
    """What has run out cannot be extended afterwards, noticed or not."""
    office.now = deadline(settling).due_at + SECOND
    with pytest.raises(IllegalTransition):
        extend(settling, "fang", 10)
    fire(office, settling, "decision")
    with pytest.raises(IllegalTransition):
        extend(settling, "fang", 10)

    assert deadline(settling).extensions == []


def test_days_excluded_late_let_it_run_again(settling, office):
    """Days that did not count, recorded late, bring a deadline back to running."""
    office.pass_time(deadline(settling).due_at + DAY)
    deduct(settling, "2026-03-16", "2026-03-20")
    again = deadline(settling)

    assert (again.status, again.due_at) == ("running", last_second(6, 12))


def test_firing_is_done_once(either_office):
    """However often a sweep comes by, an overdue deadline leaves one event."""
    office = either_office
    case = office.open_case().accept()
    office.now = deadline(case, "docketing").due_at + SECOND
    for _ in range(3):
        fire(office, case, "docketing")
    tags = [event.tag for event in case.events()]

    assert tags.count(EventTag.DEADLINE_OVERDUE) == 1


def test_firing_early_does_nothing(settling, office):
    """A sweep that comes before the end changes nothing and logs nothing."""
    before = len(settling.events())
    office.now = deadline(settling).due_at
    fire(office, settling, "decision")

    assert deadline(settling).status is DeadlineStatus.RUNNING
    assert len(settling.events()) == before


def test_firing_what_is_not_there(office):
    """A deadline that does not exist takes no effect, nor does it warn."""
    with office.transaction() as tx:
        fired = firing.fire(tx, UUID(int=1))
        warned = firing.warn(tx, UUID(int=1))

    assert (fired, warned) == (False, False)


def test_a_lapsed_right_moves_the_case(office):
    """When a party's time has run out, the timer wakes and the case goes on, once."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    due = deadline(case, "defense").due_at
    office.pass_time(due + HOUR)
    for _ in range(2):
        fire(office, case, "defense")
    tags = [event.tag for event in case.events()]

    assert due == last_second(3, 16)
    assert case.open() == ["settle"]
    assert case.task("lapsed").status is TaskStatus.DONE
    assert case.task("answered").status is TaskStatus.CANCELLED
    assert deadline(case, "defense").status is DeadlineStatus.LAPSED
    assert tags.count(EventTag.DEADLINE_FIRED) == 1
    assert case.events()[-1].actor_id is None


def test_due_lists_the_oldest_first(office):
    """A sweep is told what has run out, the longest overdue first, and no more."""
    cases = []
    for _ in range(3):
        office.now += DAY
        case = office.open_case()
        case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
        now = {"accepted_at": office.now.isoformat()}
        case.complete("zhou", "acceptance", inputs={**ACCEPTED, **now})
        cases.append(case)
    office.now = deadline(cases[1], "docketing").due_at + SECOND
    with office.transaction() as tx:
        listed = firing.due(tx)
        first = firing.due(tx, limit=1)

    assert listed == [deadline(case, "docketing").id for case in cases[:2]]
    assert first == listed[:1]


def test_a_met_deadline_is_at_rest(settling):
    """Nothing is extended or excluded once the deadline was met."""
    settling.complete("zhou", "settle")
    with pytest.raises(IllegalTransition):
        extend(settling, "fang", 5)
    with pytest.raises(IllegalTransition):
        deduct(settling, "2026-03-16", "2026-03-20")

    assert deadline(settling).status is DeadlineStatus.MET


def test_footage_is_owed_until_deposited(office):
    """The clock of a recording starts at its end, and stops with its bytes."""
    case = office.open_case().inspect()
    ended = office.now + HOUR
    office.now += 2 * HOUR
    film = case.declare(
        "zhou",
        "onsite_inspection",
        "video",
        started_at=ended - HOUR,
        ended_at=ended,
    )
    owed = deadline(case, "footage_deposit")
    office.now += DAY
    case.deposit("he", film)
    row = case.find(Recording)

    assert (owed.base_at, owed.due_at) == (ended, last_second(3, 11))
    assert row.deposit_due_at == owed.due_at
    assert deadline(case, "footage_deposit").met_at == office.now


def test_a_late_deposit_stays_late(office):
    """Deposited after its time, a recording's deadline is met and marked overdue."""
    case = office.open_case().inspect()
    film = case.declare("zhou", "onsite_inspection", "video")
    due = deadline(case, "footage_deposit").due_at
    office.now = due + HOUR
    case.deposit("zhou", film)
    row = deadline(case, "footage_deposit")

    assert (row.status, row.overdue_at) == (DeadlineStatus.MET, due)


def test_an_archived_case_takes_no_deadlines(office):
    """Once a case is archived, its deadlines are at rest."""
    case = office.open_case().docket()
    with office.transaction() as tx:
        row = tx.lock_case(case.id)
        row.status = "archived"
    with pytest.raises(CaseClosed) as refused:
        extend(case, "fang", 5)

    assert refused.value.status == "archived"
    assert case.find(Task, element="assign_officers").status is TaskStatus.OPEN
