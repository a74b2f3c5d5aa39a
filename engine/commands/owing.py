"""What a party still owes of a fine, and of the surcharge on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from engine.commands.pinned import SHANGHAI
from engine.commands.work import Work
from engine.rules.surcharge import Excluded, Payment, Rate, Sheet, reckon
from storage.models import Deadline, Document
from storage.prepared import Prepared
from storage.vocabulary import DocumentStatus

#: The receipt of a payment, and the term within which a fine is paid.
_RECEIPT, _TERM = "payment_receipt", "payment"

_PAID = Prepared(
    select(Document.fields).where(
        Document.case_id == bindparam("case_id"),
        Document.code == _RECEIPT,
        Document.status == DocumentStatus.FINAL,
    )
)
_DUE = Prepared(
    select(Deadline.due_at)
    .where(Deadline.case_id == bindparam("case_id"), Deadline.code == _TERM)
    .order_by(Deadline.id.desc())
    .limit(1)
)


def sheet(work: Work, until: date) -> Sheet | None:
    """Return what is owed at the end of *until*; None: no fine is payable yet."""
    facts = work.case.facts
    fine = facts.get("decided_fine")
    due = work.tx.rows(_DUE, case_id=work.case.id)
    if not fine or not due:
        return None
    given = work.rules.parameters
    rate = Rate(
        daily_percent=int(str(given["surcharge_daily_percent"])),
        cap_percent=int(str(given["surcharge_cap_percent"])),
        on_unpaid=given["surcharge_on_unpaid"] is True,
    )
    last = due[0].due_at.astimezone(SHANGHAI).date()
    return reckon(
        fine,
        last,
        until,
        rate,
        payments=_payments(work),
        excluded=_excluded(facts),
    )


def owing(work: Work, what: str, until: date | None) -> int | None:
    """Return the fen owed of the ``fine`` or of the ``surcharge``; None: not known."""
    found = sheet(work, until) if until is not None else None
    if found is None:
        return None
    return {"fine": found.fine_owed, "surcharge": found.surcharge_owed}[what]


def _payments(work: Work) -> Iterator[Payment]:
    for row in work.tx.rows(_PAID, case_id=work.case.id):
        paid = row.fields
        yield Payment(
            date.fromisoformat(paid["paid_on"]),
            paid.get("fine") or 0,
            paid.get("surcharge") or 0,
        )


def _excluded(facts: Any) -> Iterator[Excluded]:
    """Read when reconsideration or litigation began, and when it was over."""
    first, last = facts.get("remedy_started_on"), facts.get("remedy_ended_on")
    if first:
        end = date.fromisoformat(last) if last else None
        yield Excluded(date.fromisoformat(first), end)
