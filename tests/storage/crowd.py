"""An agency with as many cases as are asked for, written straight into the tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Table, insert, select, text

from storage.models import (
    Assignment,
    Case,
    Deadline,
    Device,
    DeviceCheck,
    Document,
    Party,
    Person,
    RequirementSet,
    Task,
    Unit,
    Waiver,
)
from storage.vocabulary import (
    Capacity,
    CaseStatus,
    DeadlineStatus,
    DeviceKind,
    DocumentStatus,
    PartyKind,
    TaskKind,
    TaskStatus,
    TermUnit,
    WaiverStatus,
)
from tests.case_file import MONDAY

_NAMES = UUID(int=42)
_MINUTE = timedelta(minutes=1)


class Crowd:
    """Cases of one agency and unit, alike but for their moments."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self.size = 0
        with office.reading() as session:
            self.unit_id = session.scalars(select(Unit.id)).one()
            self.set_id = session.scalars(select(RequirementSet.id)).first()
            self.people = {p.login: p.id for p in session.scalars(select(Person))}

    def grow(self, size: int) -> None:
        """Add cases until there are *size*."""
        rows: dict[Any, list[dict[str, Any]]] = {}
        for number in range(self.size, size):
            for model, row in self._case(number):
                rows.setdefault(model, []).append(row)
        with self.office.engine.execution_options(writes=True).begin() as connection:
            for model, values in rows.items():
                table = model.__table__
                assert isinstance(table, Table)
                connection.execute(insert(table), values)
        with self.office.engine.execution_options(writes=True).begin() as connection:
            connection.execute(text("ANALYZE"))
        self.size = size

    def _case(self, number: int) -> list[tuple[Any, dict[str, Any]]]:
        def name(what: str) -> UUID:
            return uuid5(_NAMES, f"{what}{number}")

        office, at = self.office, MONDAY + number * _MINUTE
        case, step, device = name("case"), name("waiting"), name("device")
        mine = {"agency_id": office.agency_id, "unit_id": self.unit_id}
        officer, leader = self.people["zhou"], self.people["fang"]
        # A few people have worked on each of their own cases only.
        handler = officer if number < 20 else self.people["he"]
        task = {
            **mine,
            "case_id": case,
            "kind": TaskKind.USER,
            "process": "penalty",
            "name": "step",
            "path": "",
            "scope": "",
            "opened_at": at,
            "inputs": {},
            "opinion": "",
            "version": 1,
            "closed_at": None,
            "closed_by_id": None,
            "assignee_id": None,
        }
        clock = {
            **mine,
            "case_id": case,
            "code": "docketing",
            "base_at": at,
            "length": 7,
            "unit": TermUnit.WORKING_DAY,
        }
        return [
            (
                Case,
                {
                    **mine,
                    "id": case,
                    "requirement_set_id": self.set_id,
                    "process_key": "penalty",
                    "number": f"{number:06}",
                    "cause": "cause",
                    "status": CaseStatus.OPEN,
                    "opened_at": at,
                },
            ),
            (
                Party,
                {
                    "id": name("party"),
                    "case_id": case,
                    "role": "suspect",
                    "kind": PartyKind.CITIZEN,
                    "name": f"party {number}",
                },
            ),
            (
                Task,
                {
                    **task,
                    "id": step,
                    "element": "docketing_approval",
                    "capacity": Capacity.APPROVER,
                    "status": TaskStatus.OPEN,
                    "due_at": at if number % 50 else None,
                    "held": False,
                },
            ),
            (
                Task,
                {
                    **task,
                    "id": name("held"),
                    "element": "investigation",
                    "capacity": Capacity.HANDLER,
                    "status": TaskStatus.OPEN,
                    "due_at": at,
                    "held": True,
                },
            ),
            (
                Task,
                {
                    **task,
                    "id": name("done"),
                    "element": "acceptance",
                    "capacity": Capacity.APPROVER,
                    "status": TaskStatus.DONE,
                    "assignee_id": leader,
                    "closed_at": at,
                    "closed_by_id": leader,
                    "due_at": at,
                    "held": False,
                },
            ),
            (
                Assignment,
                {
                    "id": name("assignment"),
                    "case_id": case,
                    "capacity": Capacity.HANDLER,
                    "person_id": handler,
                    "since": at,
                },
            ),
            (
                Deadline,
                {
                    **clock,
                    "id": name("running"),
                    "status": DeadlineStatus.RUNNING,
                    "due_at": at,
                },
            ),
            (
                Deadline,
                {
                    **clock,
                    "id": name("late"),
                    "status": DeadlineStatus.OVERDUE,
                    "due_at": at,
                },
            ),
            (
                Waiver,
                {
                    **mine,
                    "id": name("waiver"),
                    "case_id": case,
                    "task_id": step,
                    "requirement": "document:inspection_record",
                    "ground": "weather",
                    "statement": "storm",
                    "status": WaiverStatus.APPROVED,
                    "approvers": [],
                    "decisions": [],
                    "cites": [],
                    "after": False,
                    "requested_by_id": officer,
                    "requested_at": at,
                },
            ),
            (
                Document,
                {
                    "id": name("document"),
                    "case_id": case,
                    "task_id": step,
                    "element": "acceptance",
                    "code": "acceptance_record",
                    "title": "title",
                    "status": DocumentStatus.PREPARED,
                    "form_digest": "0" * 64,
                    "created_by_id": officer,
                    "created_at": at,
                    "prepared_at": at,
                },
            ),
            (
                Device,
                {
                    "id": device,
                    "agency_id": office.agency_id,
                    "number": f"D-{number:06}",
                    "kind": DeviceKind.CAMERA,
                    "registered_by_id": officer,
                    "registered_at": at,
                },
            ),
            (
                DeviceCheck,
                {
                    "id": name("check"),
                    "device_id": device,
                    "checked_by_id": officer,
                    "checked_at": at,
                    "shown_at": at,
                    "clock_ahead": 0,
                },
            ),
        ]
