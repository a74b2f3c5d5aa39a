"""A corrected moment moves every term counted from it, and both values are kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine.commands import new_calendar
from engine.commands.errors import ClockFixed, NotAllowed
from engine.commands.pinned import SHANGHAI
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from storage import chain
from storage.models import Deadline, Document
from storage.vocabulary import DeadlineStatus, TaskStatus
from tests.case_file import MONDAY
from tests.factories import DAY, day_off, link, publish_calendar


def last_second(month, day):
    """Return the last second of a day of 2026 that is still in time."""
    return datetime(2026, month, day, 23, 59, 59, tzinfo=SHANGHAI)


@pytest.fixture
def accepted(office):
    """Return a case accepted on Monday, to be docketed in seven working days."""
    return office.open_case().accept()


@pytest.fixture
def served(office):
    """Return a settled case whose payment runs from the service on Wednesday."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    case.complete("zhou", "answered")
    office.now = MONDAY + 3 * DAY
    moment = (MONDAY + 2 * DAY).isoformat()
    case.complete("zhou", "settle", inputs={"served_at": moment})
    return case


def deadline(case, code="docketing"):
    """Return the newest deadline of a code."""
    return case.find(Deadline, code=code)


def correct(case, value, who="qin", fact="accepted_at", **more):
    """Correct a moment of a case."""
    given = {"reason": "登记有误", **more}
    return case.office.act(
        who,
        "facts.correct",
        case_id=case.id,
        fact=fact,
        value=value.isoformat(),
        **given,
    )


def test_a_corrected_start_moves_the_end(accepted, office):
    """Accepted on Tuesday, not on Monday: everything is one day later."""
    office.now = MONDAY + 2 * DAY
    before = deadline(accepted).due_at
    result = correct(accepted, MONDAY + DAY)
    row = deadline(accepted)

    assert (before, row.due_at) == (last_second(3, 18), last_second(3, 19))
    assert row.base_at == MONDAY + DAY
    assert [line["code"] for line in result["moved"]] == ["docketing"]
    assert accepted.row().facts["accepted_at"] == (MONDAY + DAY).isoformat()
    assert accepted.task("preliminary_check").due_at is None


def test_both_values_are_kept(accepted, office):
    """The event and the deadline itself tell the old and the new start and end."""
    office.now = MONDAY + 2 * DAY
    correct(accepted, MONDAY + DAY)
    (entry,) = deadline(accepted).corrections
    event = accepted.events()[-1]
    facts = event.payload["facts"]

    assert event.tag == EventTag.FACT_CORRECTED
    assert datetime.fromisoformat(facts["value_from"]) == MONDAY
    assert datetime.fromisoformat(facts["value_to"]) == MONDAY + DAY
    assert datetime.fromisoformat(entry["base_from"]) == MONDAY
    assert datetime.fromisoformat(entry["due_from"]) == last_second(3, 18)
    assert datetime.fromisoformat(entry["due_to"]) == last_second(3, 19)
    assert facts["moved"][0]["code"] == "docketing"


def test_a_service_that_was_earlier_may_make_it_late(served, office):
    """Served two days earlier, the fine was due two days earlier, and is late now."""
    case = served
    before = deadline(case, "payment").due_at
    office.now = before - DAY
    (moved,) = correct(case, MONDAY, fact="served_at")["moved"]
    office.pass_time(office.now + timedelta(seconds=2))

    assert moved["late"] is True
    assert deadline(case, "payment").due_at == before - 2 * DAY
    assert deadline(case, "payment").status is DeadlineStatus.OVERDUE


def test_a_later_start_brings_it_back(served, office):
    """A term thought overdue that began later runs again, without a mark."""
    office.pass_time(deadline(served, "payment").due_at + DAY)
    overdue = deadline(served, "payment").status
    correct(served, office.now - 12 * DAY, fact="served_at")
    row = deadline(served, "payment")

    assert overdue is DeadlineStatus.OVERDUE
    assert (row.status, row.overdue_at) == (DeadlineStatus.RUNNING, None)


def test_what_was_met_turns_out_late_or_in_time(office):
    """Docketed within the days counted from a false start; and the other way round."""
    office.now = opened = MONDAY - 20 * DAY
    case = office.open_case()
    office.now = MONDAY
    case.accept().docket()
    outcomes = [deadline(case).outcome]
    late = []
    for began in (MONDAY - DAY, opened + DAY):
        result = correct(case, began)
        outcomes.append(deadline(case).outcome)
        late.append(result["moved"][0]["late"])

    assert outcomes == ["late", "met", "late"]
    assert late == [False, True]
    assert deadline(case).base_at == opened + DAY
    assert deadline(case).status is DeadlineStatus.MET


@pytest.fixture
def lapsed(office):
    """Return a case whose window, open since Monday, closed unused."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask", inputs={"checked_at": MONDAY.isoformat()})
    office.pass_time(deadline(case, "defense").due_at + 3 * DAY)
    return case


def test_a_window_that_closed_too_early_opens_again(lapsed):
    """Served a week later than noted: what rested on its end is undone, and waits."""
    closed, settle = deadline(lapsed, "defense"), lapsed.task("settle")
    result = correct(lapsed, MONDAY + 7 * DAY, fact="checked_at")
    row = deadline(lapsed, "defense")

    assert closed.status is DeadlineStatus.LAPSED
    assert (row.id, row.status) == (closed.id, DeadlineStatus.RUNNING)
    assert row.due_at == closed.due_at + 7 * DAY
    assert row.task_id == lapsed.task("lapsed").id != closed.task_id
    assert lapsed.open() == ["answered", "lapsed"]
    assert lapsed.tasks("settle")[0].id == settle.id
    assert lapsed.tasks("settle")[0].status is TaskStatus.CANCELLED
    assert (result["ended"], result["barred"]) == ([], [])
    assert chain.verify(map(link, lapsed.events())) is None


def test_what_opened_again_may_be_used_or_closes_once_more(lapsed, office):
    """The right is exercised after all; else the new end takes effect by itself."""
    correct(lapsed, MONDAY + 7 * DAY, fact="checked_at")
    office.pass_time(deadline(lapsed, "defense").due_at + DAY)

    assert deadline(lapsed, "defense").status is DeadlineStatus.LAPSED
    assert lapsed.open() == ["settle"]

    correct(lapsed, MONDAY + 14 * DAY, fact="checked_at")
    lapsed.complete("zhou", "answered")

    assert deadline(lapsed, "defense").status is DeadlineStatus.MET
    assert lapsed.open() == ["settle"]


def test_a_window_that_ended_anyway_stays_closed(lapsed):
    """Served a day later, it is over all the same: its end is put right, no more."""
    before = deadline(lapsed, "defense").due_at
    result = correct(lapsed, MONDAY + DAY, fact="checked_at")
    row = deadline(lapsed, "defense")

    assert [line["late"] for line in result["moved"]] == [False]
    assert (row.status, row.due_at) == (DeadlineStatus.LAPSED, before + DAY)
    assert lapsed.open() == ["settle"]


def test_what_left_the_agency_is_not_undone_by_a_clock(lapsed):
    """A settled case keeps what it was; the answer names what bars it."""
    lapsed.complete("zhou", "settle")
    before = deadline(lapsed, "defense")
    result = correct(lapsed, MONDAY + 7 * DAY, fact="checked_at")
    row = deadline(lapsed, "defense")

    assert result["ended"] == [str(before.id)]
    assert result["barred"] == [{"deadline_id": str(before.id), "why": "case_closed"}]
    assert (row.status, row.due_at) == (before.status, before.due_at)
    assert lapsed.row().facts["checked_at"] == (MONDAY + 7 * DAY).isoformat()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"fact": "source"}, "fact"),
        ({"fact": "no_such"}, "fact"),
        ({"subject": "advance_notice"}, "subject"),
        ({"value": MONDAY}, "value"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_cannot_be_corrected_is_refused(accepted, office, more, field):
    """Only moments that stand in the case, to another moment, with a reason."""
    office.now = MONDAY + 2 * DAY
    given = {"value": MONDAY + DAY, **more}
    with pytest.raises(Invalid) as refused:
        correct(accepted, **given)

    assert list(refused.value.errors) == [field]
    assert deadline(accepted).base_at == MONDAY


def test_a_correction_has_its_posts_and_its_proof(accepted, office):
    """An officer asks the head of the unit; what proves it is of this case."""
    office.now = MONDAY + 2 * DAY
    other = office.open_case().accept().find(Document)
    with pytest.raises(NotAllowed) as refused:
        correct(accepted, MONDAY + DAY, who="zhou")
    with pytest.raises(NotFound):
        correct(accepted, MONDAY + DAY, document_id=other.id)

    assert refused.value.posts == ["unit_head", "deputy_head", "agency_head"]


def test_the_start_of_a_measure_stays(accepted, office):
    """A seizure is counted from its first day whatever is decided later (强制法 25)."""
    with office.transaction() as tx:
        tx.session.get_one(Deadline, deadline(accepted).id).code = "measure"
    office.now = MONDAY + 2 * DAY
    with pytest.raises(ClockFixed):
        correct(accepted, MONDAY + DAY)

    assert deadline(accepted, "measure").base_at == MONDAY


def recount(office, row):
    """Count a deadline by the newest calendar; returns whether its end moved."""
    with office.transaction() as tx:
        return new_calendar.recount_one(tx, row.id)


def test_a_new_holiday_moves_what_runs(accepted, office):
    """A day that the calendar takes away afterwards moves the end, with an event."""
    publish_calendar(office, day_off(date(2026, 3, 11)))
    with office.transaction() as tx:
        found = new_calendar.counted_by_calendar(tx, deadline(accepted).case_id)
    moved = recount(office, deadline(accepted))
    again = recount(office, deadline(accepted))
    event = accepted.events()[-1]

    assert deadline(accepted).id in found
    assert (moved, again) == (True, False)
    assert deadline(accepted).due_at == last_second(3, 19)
    assert event.tag == EventTag.DEADLINE_RECOUNTED
    assert datetime.fromisoformat(event.payload["facts"]["due_from"]) == last_second(
        3, 18
    )


def test_a_party_never_loses_a_day_by_a_new_calendar(office):
    """A Saturday that becomes worked shortens an agency's term, not a party's."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    before = deadline(case, "defense").due_at
    publish_calendar(office, day_off(date(2026, 3, 14), working=True))
    moved = recount(office, deadline(case, "defense"))

    assert moved is False
    assert deadline(case, "defense").due_at == before
