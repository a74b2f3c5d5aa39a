"""Who may use a view, and who may know of a case."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine.commands.people import as_actor
from storage.database import new_id
from storage.models import Assignment, Case, Person, Recusal, RequirementSet, Unit
from storage.vocabulary import Capacity, CaseStatus, Post, RecusalStatus
from webapp import database
from webapp.auth.permissions import needs, public
from webapp.auth.refusals import PostNeeded
from webapp.auth.visibility import visible_cases

MOMENT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def _person(login):
    return database.session().scalar(select(Person).where(Person.login == login))


@pytest.fixture
def cases(published):
    """Return a function that adds a case to a unit of the first officer's agency."""

    def add(unit="卫生监督一科", login="zhou.lan@pds"):
        agency_id = _person(login).agency_id
        with database.transaction() as tx:
            unit_id = tx.session.scalar(
                select(Unit.id).where(Unit.agency_id == agency_id, Unit.name == unit)
            )
            case = Case(
                id=new_id(),
                agency_id=agency_id,
                unit_id=unit_id,
                requirement_set_id=tx.session.scalars(
                    select(RequirementSet.id)
                ).first(),
                process_key="penalty",
                number=str(new_id()),
                cause="cause",
                status=CaseStatus.OPEN,
                opened_at=MOMENT,
                facts={},
            )
            tx.add(case)
        return case.id

    with published.app_context():
        yield add


def _sees(login, case_id):
    actor = as_actor(_person(login))
    found = database.session().scalar(
        select(Case.id).where(Case.id == case_id, visible_cases(actor))
    )
    return found is not None


@pytest.mark.parametrize(
    ("login", "own", "other"),
    [
        ("zhou.lan@pds", True, False),  # an officer of the unit
        ("guo.feng@pds", True, False),  # its head
        ("he.min@pds", False, True),  # an officer of the other unit
        ("head@pds", True, True),
        ("deputy@pds", True, True),
        ("yin.jing@pds", True, True),  # legal reviewer
        ("tang.wei@pds", True, True),
        ("bai.ning@pds", False, False),  # process designer
        ("fang.zhou@pds", False, False),  # administrator
        ("qiu.chen@jp", False, False),  # another authority
        ("head@jp", False, False),
    ],
)
def test_who_knows_of_a_case(cases, login, own, other):
    """Officers and heads know their unit's cases, leaders the agency's."""
    seen = (_sees(login, cases()), _sees(login, cases("办公室")))

    assert seen == (own, other)


def test_who_takes_part_knows_the_case(cases, person_id):
    """Whoever was given a capacity sees the case, whatever their unit."""
    case_id = cases()
    with database.transaction() as tx:
        tx.add(
            Assignment(
                case_id=case_id,
                capacity=Capacity.HEARING_OFFICER,
                person_id=person_id("he.min@pds"),
                since=MOMENT,
            )
        )

    assert _sees("he.min@pds", case_id)


@pytest.mark.parametrize("login", ["zhou.lan@pds", "guo.feng@pds", "deputy2@pds"])
def test_who_was_recused_knows_nothing(cases, person_id, login):
    """A granted challenge hides the case, from leaders too; a request does not."""
    case_id = cases()
    with database.transaction() as tx:
        row = Recusal(
            id=new_id(),
            case_id=case_id,
            person_id=person_id(login),
            applicant="party",
            ground="kinship",
            status=RecusalStatus.REQUESTED,
            requested_by_id=person_id("he.zhiyuan@pds"),
            requested_at=MOMENT,
        )
        tx.add(row)
    before = _sees(login, case_id)
    with database.transaction() as tx:
        tx.session.get_one(Recusal, row.id).status = RecusalStatus.GRANTED

    assert before
    assert not _sees(login, case_id)


def test_a_view_lets_in_who_holds_a_post(staffed, sign_in):
    """Posts open a view; the marks that the architecture test reads are there."""
    only_archivists = needs(Post.ARCHIVIST)(lambda: "in")
    staffed.add_url_rule("/api/v1/only", "only", only_archivists)

    outside = sign_in("zhou.lan@pds").get("/api/v1/only")
    inside = sign_in("xu.qing@pds").get("/api/v1/only")

    assert (outside.status_code, outside.json["code"]) == (403, PostNeeded.code)
    assert outside.json["facts"] == {"posts": ["archivist"]}
    assert inside.text == "in"
    assert only_archivists.__needs__ == (Post.ARCHIVIST,)
    assert public(lambda: "").__public__
