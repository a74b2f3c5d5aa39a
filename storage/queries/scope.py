"""Whose cases a list is about, as ranges that an index leads through."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, select, true, union
from sqlalchemy.orm import aliased

from storage.models import (
    Assignment,
    Case,
    Cosigner,
    Deadline,
    Memo,
    Recusal,
    Task,
    Waiver,
)
from storage.vocabulary import RecusalStatus

#: What knows its agency and unit itself.
Listed: TypeAlias = type[Case] | type[Task] | type[Deadline] | type[Waiver]


@dataclass(frozen=True)
class Scope:
    """The cases of whole agencies, or of a unit and those somebody has a part in."""

    agencies: tuple[uuid.UUID, ...] = ()
    unit_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None  #: who reads; None: the command line

    def ranges(self, model: Listed) -> list[ColumnElement[bool]]:
        """Return conditions on *model*, each a range of an index; one must hold."""
        found = [*self.wide(model), *self.own(model)]
        if model in {Deadline, Waiver}:
            found.append(self._unnoted(model))
        return found

    def wide(self, model: Listed) -> list[ColumnElement[bool]]:
        """Hold for what belongs to the agencies or the unit."""
        if self.agencies:
            return [model.agency_id == agency for agency in self.agencies]
        return [] if self.unit_id is None else [model.unit_id == self.unit_id]

    def own(self, model: Listed) -> list[ColumnElement[bool]]:
        """Hold for what belongs to the cases that somebody has a part in."""
        if self.agencies or self.person_id is None:
            return []
        case = model.id if model is Case else model.case_id  # type: ignore[union-attr]  # all others have it
        return [case.in_(taken_part(self.person_id))]

    def unbarred(self) -> ColumnElement[bool]:
        """Hold for the cases from which whoever reads was not recused."""
        if self.person_id is None:
            return true()
        recusal = aliased(Recusal)
        return ~exists().where(
            recusal.case_id == Case.id,
            recusal.person_id == self.person_id,
            recusal.status == RecusalStatus.GRANTED,
        )

    def _unnoted(self, model: Any) -> ColumnElement[bool]:
        """Hold for rows in which the release before did not note whose they are."""
        case = aliased(Case)
        mine: list[ColumnElement[bool]]
        if self.agencies:
            mine = [case.agency_id.in_(self.agencies)]
        else:
            own = taken_part(self.person_id) if self.person_id is not None else ()
            mine = [(case.unit_id == self.unit_id) | case.id.in_(own)]
        return and_(
            model.agency_id.is_(None), exists().where(case.id == model.case_id, *mine)
        )


def taken_part(person_id: uuid.UUID) -> CompoundSelect[Any]:
    """Select the cases in which somebody has or had a part, or was told of them."""
    return union(
        select(Assignment.case_id).where(Assignment.person_id == person_id),
        select(Task.case_id).where(Task.assignee_id == person_id),
        select(Memo.case_id).where(Memo.receiver_id == person_id),
        select(Cosigner.case_id).where(Cosigner.person_id == person_id),
    )
