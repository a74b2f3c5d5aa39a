"""What moves the end of a deadline has a ground, a notice, a number, a limit."""

from __future__ import annotations

import pytest

from engine.commands.errors import (
    ExtendedAlready,
    NotDeductible,
    NotExtendable,
    NotToldInWriting,
)
from engine.errors import NotFound
from storage.database import new_id
from storage.models import Deadline, Document
from tests.engine.commands.settling import (
    deadline,
    deduct,
    extend,
    last_second,
    to_settle,
)


@pytest.fixture
def settling(office):
    """Return a case that is to be settled within ninety days."""
    return to_settle(office)


def test_only_the_grounds_of_the_law_leave_days_out(settling):
    """Rectification is no ground for the ninety days; those that are, are named."""
    with pytest.raises(NotDeductible) as refused:
        deduct(settling, "2026-03-16", "2026-03-20", ground="rectification")

    assert refused.value.grounds == [
        "hearing",
        "expert_opinion",
        "announcement",
        "suspension",
    ]
    assert deadline(settling).deductions == []


@pytest.fixture
def seized(office):
    """Return a case whose running deadline is that of a seizure of thirty days."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    case.complete("zhou", "answered")
    with office.transaction() as tx:
        row = tx.session.get_one(Deadline, deadline(case).id)
        row.code, row.length = "measure", 30
    return case


def notice(case, status="final"):
    """Return a document of a case, in a status."""
    with case.office.transaction() as tx:
        row = Document(
            id=new_id(),
            case_id=case.id,
            task_id=case.tasks()[0].id,
            element="ask",
            code="supervision_opinion",
            title="检验期间告知书",
            status=status,
            form_digest="0" * 64,
            fields={},
            created_by_id=case.office.people["zhou"],
            created_at=tx.now,
        )
        tx.add(row)
        return row.id


def test_testing_counts_only_when_told_in_writing(seized):
    """Ten days of testing with a notice are left out; three more without are not."""
    lab = {"code": "measure", "document_id": notice(seized)}
    deduct(seized, "2026-03-16", "2026-03-25", **lab)
    once = deadline(seized, "measure").due_at
    with pytest.raises(NotToldInWriting) as missing:
        deduct(seized, "2026-03-26", "2026-03-28", code="measure")
    with pytest.raises(NotToldInWriting) as used:
        deduct(seized, "2026-03-26", "2026-03-28", **lab)
    unsigned = notice(seized, "draft")
    with pytest.raises(NotToldInWriting) as draft:
        deduct(seized, "2026-03-26", "2026-03-28", code="measure", document_id=unsigned)

    assert once == last_second(4, 18)
    assert deadline(seized, "measure").due_at == once
    assert [r.value.reason for r in (missing, used, draft)] == [
        "missing",
        "used",
        "not_final",
    ]
    assert missing.value.cites == ["cl-25"]


def test_a_notice_of_another_case_tells_nothing(seized, office):
    """The document that told the party is one of this case."""
    other = office.open_case(process="trial")
    with pytest.raises(NotFound):
        deduct(
            seized,
            "2026-03-16",
            "2026-03-20",
            code="measure",
            document_id=notice(other),
        )

    assert deadline(seized, "measure").deductions == []


def test_a_seizure_is_extended_once_and_never_by_more_than_thirty_days(seized):
    """Forty-five days are refused, twenty are granted, and then no more (强制法 25)."""
    with pytest.raises(NotExtendable):
        extend(seized, "fang", 45, code="measure")
    extend(seized, "fang", 20, code="measure")
    with pytest.raises(ExtendedAlready) as refused:
        extend(seized, "fang", 5, code="measure")

    assert refused.value.times == 1
    assert deadline(seized, "measure").due_at == last_second(4, 28)
