"""One case of an office under test, with the moves that tests repeat."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from engine.commands.acts import Result
from engine.commands.pinned import SHANGHAI
from engine.commands.work import LIVE
from storage.models import Case, Document, Event, Person, Recording, Task

if TYPE_CHECKING:
    from tests.factories import Office

FORMS = Path(__file__).parents[1] / "forms" / "documents"
#: The Monday on which the cases of these tests begin.
MONDAY = datetime(2026, 3, 9, 9, 30, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)

#: Answers to the questions of the first steps.
ACCEPTED = {"accepted_at": MONDAY.isoformat(), "source": "complaint"}
CHECKED = {"checked_at": MONDAY.isoformat(), "violation": "V1", "limitation_ok": True}


class CaseFile:
    """One case of an office, with the moves that tests repeat."""

    def __init__(self, office: Office, case_id: UUID) -> None:
        self.office, self.id = office, case_id

    # ---- looking

    def tasks(self, element: str | None = None) -> list[Task]:
        """Return every visit of an element, or of all, the oldest first."""
        query = select(Task).where(Task.case_id == self.id)
        if element is not None:
            query = query.where(Task.element == element)
        with self.office.reading() as session:
            return list(session.scalars(query.order_by(Task.opened_at, Task.id)))

    def task(self, element: str, who: str | None = None) -> Task:
        """Return the newest visit of an element, rather one of *who*'s."""
        me = self.office.people.get(who or "")
        found = self.tasks(element)
        assert found, f"{element} was never open"
        return max(
            found, key=lambda t: (t.status in LIVE, t.assignee_id == me, t.opened_at)
        )

    def open(self) -> list[str]:
        """Return the elements that are open now, sorted."""
        return sorted(t.element for t in self.tasks() if t.status in LIVE)

    def row(self) -> Case:
        """Return the case as it is stored."""
        with self.office.reading() as session:
            return session.get_one(Case, self.id)

    def find(self, model: Any, **values: Any) -> Any:
        """Return the newest row of the case in *model* that has these values."""
        query = select(model).where(model.case_id == self.id).filter_by(**values)
        with self.office.reading() as session:
            return session.scalars(query.order_by(model.id.desc()).limit(1)).one()

    def documents(self, code: str | None = None) -> list[Document]:
        """Return the documents of a code, or all, the oldest first."""
        query = select(Document).where(Document.case_id == self.id)
        if code is not None:
            query = query.where(Document.code == code)
        with self.office.reading() as session:
            return list(session.scalars(query.order_by(Document.id)))

    def recordings(self) -> list[Recording]:
        """Return the recordings of the case, the oldest first."""
        with self.office.reading() as session:
            query = select(Recording).where(Recording.case_id == self.id)
            return list(session.scalars(query.order_by(Recording.id)))

    def events(self) -> list[Event]:
        """Return what happened, in order."""
        with self.office.reading() as session:
            query = select(Event).where(Event.stream_id == self.id)
            return list(session.scalars(query.order_by(Event.seq)))

    # ---- acting

    def do(self, who: str, name: str, element: str, /, **params: Any) -> Result:
        """Carry out an act on the newest visit of an element."""
        task_id = self.task(element, who).id
        return self.office.act(who, name, task_id=task_id, **params)

    def complete(self, who: str, element: str, **params: Any) -> Result:
        """Complete the newest visit of an element."""
        return self.do(who, "tasks.complete", element, **params)

    def draft(
        self,
        who: str,
        element: str,
        code: str,
        *,
        replaces: UUID | None = None,
        **more: Any,
    ) -> UUID:
        """Draft a document with the answers of its sample and some more."""
        fields = {**self.sample(code), **more}
        result = self.do(
            who, "documents.draft", element, code=code, fields=fields, replaces=replaces
        )
        return UUID(result["document_id"])

    def prepare(self, who: str, element: str, code: str, **more: Any) -> UUID:
        """Draft and freeze a document."""
        document_id = self.draft(who, element, code, **more)
        self.office.act(who, "documents.prepare", document_id=document_id)
        return document_id

    def sign(self, who: str, document_id: UUID, /, role: str, **params: Any) -> Result:
        """Sign a document as *who*."""
        return self.office.act(
            who, "documents.sign", document_id=document_id, role=role, **params
        )

    def write(
        self,
        who: str,
        element: str,
        code: str,
        signed: Sequence[tuple[str, str] | tuple[str, str, str]] = (),
        **more: Any,
    ) -> UUID:
        """Write a document and have it signed: by whom, in which role, whose name."""
        document_id = self.prepare(who, element, code, **more)
        for signer, role, *name in signed:
            kind = "stamp" if role == "agency" else "signature"
            named = {"name": name[0]} if name else {}
            self.sign(signer, document_id, role, kind=kind, **named)
        return document_id

    def declare(self, who: str, element: str, medium: str, **params: Any) -> UUID:
        """Declare a recording made just now; a film shows two officers."""
        given = {"device": "PDS-0142", "started_at": self.office.now, **params}
        if medium != "photo":
            other = "he" if who == "zhou" else "zhou"
            given.setdefault("officers", [self.office.people[p] for p in (who, other)])
        result = self.do(who, "recordings.declare", element, medium=medium, **given)
        return UUID(result["recording_id"])

    def deposit(self, who: str, recording_id: UUID, content: bytes = b"film") -> Result:
        """Bind a recording to bytes."""
        return self.office.act(
            who,
            "recordings.deposit",
            recording_id=recording_id,
            sha256=self.office.keep(content),
            file_name="film.mp4",
        )

    def sample(self, code: str) -> dict[str, Any]:
        """Return the answers of a document's sample, with the people of the office."""
        path = FORMS / code / "sample.json"
        fields: dict[str, Any] = json.loads(path.read_text("utf-8"))["fields"]
        with self.office.reading() as session:
            names = {p.name: p.id for p in session.scalars(select(Person))}
        for row in itertools.chain.from_iterable(
            value for value in fields.values() if isinstance(value, list)
        ):
            if isinstance(row, dict) and row.get("name") in names:
                row["id"] = str(names[row["name"]])
        return fields

    # ---- walking

    def accept(self) -> CaseFile:
        """Walk to the preliminary check."""
        self.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
        began = {"accepted_at": self.row().opened_at.isoformat()}
        self.complete("zhou", "acceptance", inputs={**ACCEPTED, **began})
        return self

    def inspect(self) -> CaseFile:
        """Walk to an approved inspection on site."""
        self.accept()
        self.complete("zhou", "onsite_requested")
        self.write(
            "fang",
            "inspection_approval",
            "inspection_approval",
            [("zhou", "handler"), ("fang", "approver")],
        )
        self.complete("fang", "inspection_approval", outcome="approved")
        return self

    def docket(self) -> CaseFile:
        """Walk to the assignment of officers, from the beginning or from the check."""
        if "acceptance" in self.open():
            self.accept()
        self.complete("zhou", "preliminary_check", outcome="docket", inputs=CHECKED)
        report = self.write(
            "zhou", "docketing_report", "docketing_report", [("zhou", "handler")]
        )
        self.complete("zhou", "docketing_report")
        self.sign("qin", report, "reviewer")
        self.complete("qin", "docketing_review", outcome="agreed")
        self.sign("fang", report, "approver")
        self.complete("fang", "docketing_approval", outcome="approved")
        return self

    def discuss(self, *members: str) -> CaseFile:
        """Walk a case of the collective discussion to its members' opinions."""
        ids = [self.office.people[member] for member in members]
        self.complete(
            "zhou",
            "discussion_convening",
            inputs={
                "committee_chair": str(ids[0]),
                "committee_members": [str(member) for member in ids],
            },
        )
        return self
