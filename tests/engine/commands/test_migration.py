"""Cases go over to a newer version of their process, with everything they have."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.commands import definitions
from engine.commands.errors import NotAllowed
from engine.errors import Invalid
from engine.runtime.errors import MoveUnsafe
from forms import registry
from storage.models import Deadline, Event, Person, PersonPost, ProcessVersion, Task
from storage.vocabulary import Post
from tests.factories import DAY, shipped

CODES = [definition.code for definition in registry.all()]
NAME = "penalty/penalty.bpmn"


def publish(office, text):
    """Publish another drawing of the penalty; make Zhou a designer of processes."""
    office.now += DAY
    with office.transaction() as tx:
        definitions.publish(tx, {**shipped(), NAME: text}, CODES)
        person = tx.session.get_one(Person, office.people["zhou"])
        if Post.PROCESS_DESIGNER not in {held.post for held in person.posts}:
            person.posts.append(PersonPost(post=Post.PROCESS_DESIGNER))


def newest_version(office, key="penalty"):
    """Return the id of the newest version of a process."""
    with office.reading() as session:
        return session.scalars(
            select(ProcessVersion.id)
            .where(ProcessVersion.key == key)
            .order_by(ProcessVersion.number.desc())
        ).first()


def rows(office, model, case):
    """Return the rows of a case as mappings, oldest first."""
    with office.reading() as session:
        found = session.scalars(
            select(model).where(model.case_id == case.id).order_by(model.id)
        )
        return [
            {c.key: getattr(row, c.key) for c in model.__table__.columns}
            for row in found
        ]


def test_a_case_goes_over_with_all_it_has(either_office):
    """Tasks, claims and clocks stay; the step is called what the new version says."""
    office = either_office
    case = office.open_case()
    before, clocks = rows(office, Task, case), rows(office, Deadline, case)
    publish(office, shipped()[NAME].replace('name="受理案源"', 'name="登记案源"'))
    tried = office.act(
        "zhou", "cases.migrate", case_id=case.id, reason="test", try_only=True
    )
    still = case.row().requirement_set_id
    done = office.act("zhou", "cases.migrate", case_id=case.id, reason="test")
    after = rows(office, Task, case)
    with office.reading() as session:
        tags = session.scalars(
            select(Event.tag).where(Event.stream_id == case.id).order_by(Event.seq)
        ).all()

    assert tried["moved"] is False
    assert (done["from"], done["to"], done["moved"]) == (1, 2, True)
    assert str(still) != done["requirement_set"]
    assert str(case.row().requirement_set_id) == done["requirement_set"]
    assert [row["id"] for row in after] == [row["id"] for row in before]
    assert [row["assignee_id"] for row in after] == [r["assignee_id"] for r in before]
    assert after[0]["name"] == "登记案源"
    assert rows(office, Deadline, case) == clocks
    assert tags[-1] == "case.migrated"


def test_the_same_version_again_changes_nothing(office):
    """A case that is pinned to the newest version stays as it is, without an event."""
    case = office.open_case()
    publish(office, shipped()[NAME])
    before = rows(office, Task, case)
    done = office.act("zhou", "cases.migrate", case_id=case.id, reason="test")

    assert done["moved"] is False
    assert rows(office, Task, case) == before


def test_an_unsafe_move_is_refused_and_changes_nothing(office):
    """A step that is open and no longer drawn keeps the case where it is."""
    case = office.open_case()
    before, pinned = rows(office, Task, case), case.row().requirement_set_id
    text = shipped()[NAME].replace('"acceptance"', '"lead_acceptance"')
    publish(office, text.replace(">acceptance<", ">lead_acceptance<"))
    with pytest.raises(MoveUnsafe) as refused:
        office.act("zhou", "cases.migrate", case_id=case.id, reason="test")
    kept = (rows(office, Task, case), case.row().requirement_set_id)
    named = office.act(
        "zhou",
        "cases.migrate",
        case_id=case.id,
        reason="test",
        renamed={"penalty:acceptance": "lead_acceptance"},
    )

    assert refused.value.obstacles == [
        {
            "process": "penalty",
            "element": "acceptance",
            "reason": "element_gone",
            "name": "受理案源",
        }
    ]
    assert kept == (before, pinned)
    assert named["moved"] is True
    assert rows(office, Task, case)[0]["element"] == "lead_acceptance"


def test_not_everybody_migrates_and_not_without_a_reason(office):
    """An officer who designs no processes is refused, and so is an empty reason."""
    case = office.open_case()
    with pytest.raises(NotAllowed):
        office.act("zhou", "cases.migrate", case_id=case.id, reason="test")
    publish(office, shipped()[NAME])
    with pytest.raises(Invalid):
        office.act("zhou", "cases.migrate", case_id=case.id, reason=" ")
