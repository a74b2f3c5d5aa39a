"""Many cases on one order: each in its turn, told once, on either database."""

from __future__ import annotations

from uuid import UUID

from engine.commands import migrations
from storage.queries.migrations import fates_of
from storage.queries.versions import running, versions
from storage.vocabulary import Fate
from tests.engine.commands.test_migration import NAME, publish
from tests.factories import shipped


def test_each_case_has_its_turn_and_is_told_once(either_office):
    """In the order of their ids, behind the last that was told; then it is over."""
    office = either_office
    cases = sorted(office.open_case().id for _ in range(3))
    publish(office, shipped()[NAME].replace('name="受理案源"', 'name="登记案源"'))
    given = {"process": "penalty", "reason": "新规定"}
    begun = office.act("zhou", "migrations.start", **given)
    order = UUID(begun["migration_id"])
    turns = []
    while True:
        with office.transaction() as tx:
            found = migrations.next_cases(tx, order, 2)
        if not found:
            break
        turns.append(found[0])
        with office.transaction() as tx:
            assert migrations.carry_one(tx, order, found[0])
        with office.transaction() as tx:
            assert not migrations.carry_one(tx, order, found[0])
    with office.transaction() as tx:
        ended = migrations.finish(tx, order)
    with office.reading() as session:
        told = fates_of(session, order)
        newest, *older = versions(session, "penalty", "pingdingshan")
        under = running(session, office.agency_id, newest.sets)

    assert begun["total"] == 3
    assert turns == cases
    assert told == {Fate.MOVED: 3}
    assert ended
    assert under == 3
    assert newest.takes_cases
    assert not any(version.takes_cases for version in older)
