"""Lists cost the same however many cases there are, and lose no row between parts."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import event, text, true

from storage.database import new_id
from storage.models import Case, Deadline
from storage.queries import case_list, registers, running_out, waived, worklist
from storage.queries.case_list import Filter
from storage.queries.keyset import EXACT
from storage.queries.scope import Scope
from storage.queries.waived import Which
from storage.vocabulary import Capacity, CaseStatus
from tests.case_file import MONDAY
from tests.storage.crowd import Crowd

#: So many cases there are first, and then; both are more than is ever counted.
FEW, MANY = 1_200, 3_600
#: By what a list may grow: trees of indexes become a little higher.
GROWTH = 1.25
#: The last moment of all.
LATE = MONDAY + timedelta(days=30)


def _lists(crowd):
    """Return what lists ask, by name: for the whole agency, a unit, and a stranger."""
    agency = Scope(agencies=(crowd.office.agency_id,), person_id=crowd.people["fang"])
    unit = Scope(unit_id=crowd.unit_id, person_id=crowd.people["zhou"])
    nobody = Scope(unit_id=new_id(), person_id=crowd.people["ding"])
    for who, scope in (("agency", agency), ("unit", unit), ("nobody", nobody)):
        yield from ((f"{name}, {who}", ask) for name, ask in _of_scope(scope))
    leader, officer = crowd.people["fang"], crowd.people["zhou"]
    yield "own steps", partial(_part, worklist.ranges_of_own(officer))
    yield "own steps, counted", partial(_count, worklist.ranges_of_own(officer))
    yield "done", lambda s, place: worklist.done(s, leader, place=place, limit=30)
    yield (
        "devices",
        lambda s, place: registers.devices(s, crowd.office.agency_id, place=place),
    )


def _of_scope(scope):
    filters = {
        "cases": Filter(),
        "cases of a status": Filter(status=CaseStatus.OPEN),
        "cases of no status": Filter(status=CaseStatus.TERMINATED),
        "cases of a process": Filter(process="penalty"),
        "cases of a process and status": Filter(
            process="penalty", status=CaseStatus.OPEN
        ),
        "cases at a step": Filter(element="investigation"),
        "cases at no step": Filter(element="archiving"),
        "late cases": Filter(overdue=True),
    }
    for name, chosen in filters.items():
        yield name, partial(_cases, scope, chosen)
        yield f"{name}, counted", partial(_count_cases, scope, chosen)
    yield "places", lambda s, _: case_list.places(s, scope)
    for name, capacity in (("free", Capacity.APPROVER), ("held", Capacity.HANDLER)):
        ranges = worklist.ranges_of_free(scope, [capacity])
        yield f"{name} steps", partial(_part, ranges)
        yield f"{name} steps, counted", partial(_count, ranges)
    yield (
        "deadlines",
        lambda s, place: running_out.running_out(s, scope, LATE, place=place, limit=50),
    )
    yield (
        "deadlines, counted",
        lambda s, _: running_out.count_running_out(s, scope, MONDAY, LATE),
    )
    for which in Which:
        chosen = waived.Filter(which=which)
        yield f"waivers {which}", partial(_waivers, scope, chosen)
        yield f"waivers {which}, counted", partial(_count_waivers, scope, chosen)


def _cases(scope, chosen, session, place):
    ranges = case_list.ranges_of(session, scope, chosen)
    return case_list.find_cases(session, ranges, place=place)


def _count_cases(scope, chosen, session, _):
    return case_list.count_cases(session, case_list.ranges_of(session, scope, chosen))


def _part(ranges, session, place):
    return worklist.part(session, ranges, place=place, limit=50)


def _count(ranges, session, _):
    return worklist.count(session, ranges)


def _waivers(scope, chosen, session, place):
    return waived.find(session, scope, chosen, place=place, limit=30)


def _count_waivers(scope, chosen, session, _):
    return waived.count(session, scope, chosen)


@contextmanager
def _sent(engine):
    """Collect the statements that are sent."""
    found = []

    def hear(_connection, _cursor, statement, parameters, *_):
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    yield found
    event.remove(engine, "before_cursor_execute", hear)


def _work_on_sqlite(session, ask, place):
    """Return how many steps SQLite's machine takes, in tens."""
    connection = session.connection().connection.driver_connection
    ask(session, place)  # what is read first is planned first
    steps = 0

    def step():
        nonlocal steps
        steps += 1

    connection.set_progress_handler(step, 10)
    ask(session, place)
    connection.set_progress_handler(None, 0)
    return steps


def _looked_at(session, ask, place):
    """Return how many rows PostgreSQL looks at, and the tables it reads as a whole.

    Few thousand rows are soonest read as a whole; it is told to go by indexes, as it
    does by itself where there are many.
    """
    for way in ("seqscan", "hashjoin", "mergejoin", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    with _sent(session.get_bind()) as statements:
        ask(session, place)
    plans = [_plan(session, statement, given) for statement, given in statements]
    nodes = [node for plan in plans for node in _nodes(plan) if "Relation Name" in node]
    whole = {n["Relation Name"] for n in nodes if n["Node Type"] == "Seq Scan"}
    return sum(map(_rows, nodes)), whole


def _plan(session, statement, given):
    found = session.connection().exec_driver_sql(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given
    )
    return found.scalar_one()[0]["Plan"]


def _nodes(node):
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _rows(node):
    passed = sum(
        node.get(f"Rows Removed by {why}", 0)
        for why in ("Filter", "Index Recheck", "Join Filter")
    )
    return (node["Actual Rows"] + passed) * node["Actual Loops"]


def _measured(crowd):
    """Return the work of each list: its first part, and the next."""
    found = {}
    for name, ask in _lists(crowd):
        with crowd.office.reading() as session:
            found[name] = _work_on_sqlite(session, ask, None)
            after = getattr(ask(session, None), "after", None)
            if after is not None:
                found[f"{name}, next"] = _work_on_sqlite(session, ask, after)
    return found


def test_no_list_grows_with_the_agency(office):
    """Three times the cases: no list takes noticeably more steps of SQLite."""
    crowd = Crowd(office)
    crowd.grow(FEW)
    few = _measured(crowd)
    crowd.grow(MANY)
    many = _measured(crowd)
    grown = {
        name: (few[name], many[name])
        for name in few
        if many[name] > max(few[name], 100) * GROWTH
    }

    assert few.keys() == many.keys()
    assert grown == {}


@pytest.mark.postgres
def test_an_index_leads_to_each_part(office_on_postgres):
    """PostgreSQL looks at a page's rows; none is read as a whole, or sorted, for it."""
    crowd = Crowd(office_on_postgres)
    crowd.grow(2 * FEW)
    small = {"unit", "person", "agency", "recusal", "memo", "cosigner"}
    wrong = {}
    for name, ask in _lists(crowd):
        with crowd.office.reading() as session:
            part = ask(session, None)
            for place in {None, getattr(part, "after", None)}:
                rows, whole = _looked_at(session, ask, place)
                if whole - small or ("counted" not in name and rows > 2 * EXACT):
                    wrong[name, place] = rows, whole

    assert wrong == {}


def test_parts_follow_one_another(either_office):
    """Forth and back every row is met once, in order, with equal moments among them."""
    crowd = Crowd(either_office)
    crowd.grow(130)
    for name, ask in _lists(crowd):
        with crowd.office.reading() as session:
            first = ask(session, None)
            if not hasattr(first, "rows"):
                continue
            forth = [first]
            while forth[-1].after is not None:
                forth.append(ask(session, forth[-1].after))
            back = [forth[-1]]
            while back[-1].before is not None:
                back.append(ask(session, back[-1].before))
        ids = [row[0].id for part in forth for row in part.rows]

        assert len(ids) == len(set(ids)), name
        assert ids == [row[0].id for part in back[::-1] for row in part.rows], name
        assert forth[0].before is None, name


def test_numbers_are_exact_to_their_bound(office):
    """Up to the bound a number is exact; beyond, it is the bound and one."""
    crowd = Crowd(office)
    scope = Scope(agencies=(office.agency_id,))
    counted = []
    for size in (1, EXACT, EXACT + 1, EXACT + 5):
        crowd.grow(size)
        with office.reading() as session:
            ranges = case_list.ranges_of(session, scope, Filter())
            counted.append(case_list.count_cases(session, ranges))

    assert counted == [1, EXACT, EXACT + 1, EXACT + 1]


@pytest.mark.parametrize("whole", [True, False])
def test_what_the_release_before_wrote_is_listed(office, whole):
    """A deadline without its agency is found by its case."""
    case = office.open_case().accept()
    with office.transaction() as tx:
        row = tx.session.get_one(Case, case.id)
        unit, agency = row.unit_id, row.agency_id
        number = tx.session.query(Deadline).update(
            {"agency_id": None, "unit_id": None, "due_at": LATE}
        )
    scope = Scope(agencies=(agency,)) if whole else Scope(unit_id=unit)
    stranger = Scope(agencies=(new_id(),)) if whole else Scope(unit_id=new_id())
    with office.reading() as session:
        found = [
            len(running_out.running_out(session, each, LATE, limit=50).rows)
            for each in (scope, stranger)
        ]

    assert found == [number, 0]
    assert number > 0


def test_an_unsigned_document_is_found_however_many_there_are(office):
    """The oldest come first, in parts."""
    crowd = Crowd(office)
    crowd.grow(70)
    found, place = [], None
    with office.reading() as session:
        while rows := worklist.unsigned_documents(
            session, true(), place=place, limit=50
        ):
            found += [row.Document.prepared_at for row in rows]
            place = worklist.OLDEST.place(rows[-1].Document)

    assert found == sorted(found)
    assert len(found) == 70
