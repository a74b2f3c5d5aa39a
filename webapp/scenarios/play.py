"""Play a scenario through the real commands, and judge each step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.work import LIVE
from engine.errors import CaseError
from forms import registry
from storage.digest import plain
from storage.models import (
    Deadline,
    Document,
    Recording,
    Recusal,
    Task,
    Waiver,
)
from storage.vocabulary import DocumentStatus
from webapp import database
from webapp.scenarios.judge import Difference, judge
from webapp.scenarios.script import Attached, Script, Step
from webapp.scenarios.stage import Stage

#: Documents in these are history.
_DEAD = (DocumentStatus.SUPERSEDED, DocumentStatus.DISCARDED)


@dataclass
class Played:
    """What came of one step."""

    step: Step
    refused: dict[str, Any] | None = None
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Say whether everything came as expected."""
        return not self.differences


class Missing(LookupError):
    """The step names something that is not there."""


class Player:
    """Plays one scenario on one stage, remembering results by their names."""

    def __init__(self, script: Script, stage: Stage) -> None:
        self.script, self.stage = script, stage
        self.results: dict[str, Mapping[str, Any]] = {}
        self.case_id: UUID | None = None

    def play(self, *, restart: bool = False, demo: bool = False) -> Iterator[Played]:
        """Play step after step; with *restart*, in a fresh server each time."""
        for step in self.script.steps:
            if restart:
                self.stage.restart()
            yield self._play(step)
            if demo and step.demo_ends:
                return

    def _play(self, step: Step) -> Played:
        played = Played(step)
        self.stage.pass_time(step.at)
        try:
            for record in step.records:
                self._attach(step, record)
            self._before(step)
            if step.act is not None and step.actor is not None:
                result = self.stage.act(
                    step.at, step.actor, step.act, self._params(step)
                )
                self._remember(step, result)
        except CaseError as error:
            played.refused = {"code": error.code, **plain_facts(error)}
        except Missing as missing:
            played.refused = {"code": "not_found", "what": str(missing)}
        with self.stage.app.app_context():
            session = database.session()
            played.differences = judge(
                session, self.case_id, step, played.refused, self._recordings()
            )
            session.rollback()
        return played

    def _before(self, step: Step) -> None:
        for given in step.signs:
            rest = {
                key: self._value(value)
                for key, value in given.items()
                if key not in {"by", "document"}
            }
            rest["document_id"] = self._document(given["document"])
            who = given.get("by", step.actor)
            self.stage.act(step.at, who, "documents.sign", rest)
        for given in step.judges:
            task = self._task(step.task or "", step.actor, step.subject)
            params = {"task_id": task, **given}
            self.stage.act(step.at, step.actor or "", "gates.judge", params)

    def _params(self, step: Step) -> dict[str, Any]:
        params = {key: self._value(value) for key, value in step.with_.items()}
        if step.act == "cases.open":
            params.setdefault("process", self.script.process)
        if step.document is not None:
            params["document_id"] = self._document(step.document)
        elif step.task is not None:
            params["task_id"] = self._task(step.task, step.actor, step.subject)
        if step.recording is not None:
            params["recording_id"] = self._recording(step.recording)
            given = params.pop("file", None)
            if "sha256" not in params:
                params |= self._bytes(params["recording_id"], given)
        for key, model in (
            ("deadline", Deadline),
            ("recusal", Recusal),
            ("waiver", Waiver),
        ):
            wanted = getattr(step, key)
            if wanted is not None:
                params[f"{key}_id"] = self._latest(model, wanted)
        if _needs_case(step.act):
            params.setdefault("case_id", str(self.case_id))
        return params

    def _value(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("@"):
            return self._reference(value[1:])
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, Mapping):
            return {key: self._value(item) for key, item in value.items()}
        if isinstance(value, datetime | date):
            return value.isoformat()
        return value

    def _reference(self, name: str) -> str:
        if name in self.stage.people:
            return str(self.stage.people[name])
        if name in self.stage.rooms:
            return str(self.stage.rooms[name])
        result, _, key = name.partition(".")
        if key in self.results.get(result, {}):
            return str(self.results[result][key])
        raise Missing(name)

    def _remember(self, step: Step, result: Mapping[str, Any]) -> None:
        if step.name is not None:
            self.results[step.name] = result
        if step.act == "cases.open":
            self.case_id = UUID(result["case_id"])

    def _attach(self, step: Step, record: Attached) -> None:
        if record.document is not None:
            self._write(step, record, record.document)
        else:
            self._record(step, record)

    def _write(self, step: Step, record: Attached, code: str) -> None:
        actor = step.actor or ""
        params: dict[str, Any] = {
            "task_id": self._task(step.task or "", actor, step.subject),
            "code": code,
        }
        fields = dict(sample_fields(code)) if record.sample else {}
        fields |= {key: self._value(item) for key, item in record.fields.items()}
        params["fields"] = self._real_people(fields)
        if record.replaces:
            params["replaces"] = self._document(code)
        result = self.stage.act(step.at, actor, "documents.draft", params)
        identifier = {"document_id": result["document_id"]}
        self.stage.act(step.at, actor, "documents.prepare", identifier)
        for signature in record.signed:
            given = {k: self._value(v) for k, v in signature.items() if k != "by"}
            self.stage.act(
                step.at,
                signature.get("by", actor),
                "documents.sign",
                {**identifier, **given},
            )
        if record.name is not None:
            self.results[record.name] = result

    def _record(self, step: Step, record: Attached) -> None:
        actor = step.actor or ""
        began = record.started or step.at
        officers = record.officers or (actor,)
        result = self.stage.act(
            step.at,
            actor,
            "recordings.declare",
            {
                "task_id": self._task(step.task or "", actor, step.subject),
                "medium": record.recording,
                "device": record.device,
                "started_at": began.isoformat(),
                "ended_at": (record.ended or began).isoformat(),
                "place": record.place,
                "officers": [str(self.stage.people[o]) for o in officers],
                "carrier": str(self.stage.people[record.carrier])
                if record.carrier
                else None,
            },
        )
        if record.name is not None:
            self.results[record.name] = result
        if record.deposit:
            self.deposit(step.at, actor, record, result["recording_id"])

    def deposit(
        self, at: datetime, actor: str, record: Attached, recording_id: str
    ) -> None:
        """Store the bytes of a recording and bind them to it."""
        sha256, name = self.stage.store(
            record.recording or "photo", self._file(record.file), record.started or at
        )
        self.stage.act(
            at,
            actor,
            "recordings.deposit",
            {"recording_id": recording_id, "sha256": sha256, "file_name": name},
        )

    def _real_people(self, value: Any) -> Any:
        """Give everybody in *value* who is in the scenario their real identifier."""
        if isinstance(value, list):
            return [self._real_people(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        found = {key: self._real_people(item) for key, item in value.items()}
        names = {r.name: self.stage.people[r.id] for r in self.script.people}
        if "id" in found and found.get("name") in names:
            found["id"] = str(names[found["name"]])
        return found

    def _task(self, element: str, actor: str | None, subject: str | None) -> str:
        with self.stage.app.app_context():
            session = database.session()
            query = select(
                Task.id, Task.status, Task.assignee_id, Task.opened_at
            ).where(Task.case_id == self.case_id, Task.element == element)
            if subject is not None:
                query = query.where(Task.subject == subject)
            tasks = list(session.execute(query.order_by(Task.opened_at, Task.id)))
            me = self.stage.people.get(actor or "")
            session.rollback()
        if not tasks:
            raise Missing(element)
        tasks.sort(key=lambda t: (t.status in LIVE, t.assignee_id == me, t.opened_at))
        return str(tasks[-1].id)

    def _document(self, code: str) -> str:
        if code in self.results:
            return self._reference(f"{code}.document_id")
        return self._one(
            select(Document.id)
            .where(
                Document.case_id == self.case_id,
                Document.code == code,
                Document.status.not_in(_DEAD),
            )
            .order_by(Document.id.desc()),
            code,
        )

    def _recording(self, name: str) -> str:
        if name in self.results:
            return self._reference(f"{name}.recording_id")
        return self._one(
            select(Recording.id)
            .where(Recording.case_id == self.case_id, Recording.medium == name)
            .order_by(Recording.id.desc()),
            name,
        )

    def _recordings(self) -> dict[str, UUID]:
        """Return the recordings that the scenario has given a name."""
        return {
            name: UUID(result["recording_id"])
            for name, result in self.results.items()
            if "recording_id" in result
        }

    def _bytes(self, recording_id: str, given: str | None) -> dict[str, str]:
        with self.stage.app.app_context():
            recording = database.session().get_one(Recording, UUID(recording_id))
            medium, began = recording.medium.value, recording.started_at
            database.session().rollback()
        sha256, name = self.stage.store(medium, self._file(given), began)
        return {"sha256": sha256, "file_name": name}

    def _file(self, name: str | None) -> Path | None:
        """Return a file beside the scenario; None: an example will do."""
        if name is None:
            return None
        path = self.script.path.parent / name
        if not path.is_file():
            raise Missing(name)
        return path

    def _latest(self, model: Any, name: str) -> str:
        if name in self.results:
            return self._reference(f"{name}.{model.__tablename__}_id")
        query = select(model.id).where(model.case_id == self.case_id)
        if model is Deadline:
            query = query.where(Deadline.code == name)
        return self._one(query.order_by(model.id.desc()), name)

    def _one(self, query: Any, name: str) -> str:
        with self.stage.app.app_context():
            session: Session = database.session()
            found = session.scalars(query.limit(1)).first()
            session.rollback()
        if found is None:
            raise Missing(name)
        return str(found)


def sample_fields(code: str) -> Mapping[str, Any]:
    """Return the answers of a document type's sample."""
    try:
        folder = registry.get(code).folder
    except KeyError as error:
        raise Missing(code) from error
    if folder is None:
        return {}
    sample = json.loads((folder / "sample.json").read_text("utf-8"))
    fields: Mapping[str, Any] = sample["fields"]
    return fields


def plain_facts(error: CaseError) -> dict[str, Any]:
    """Return the facts of a refusal as plain values."""
    facts: dict[str, Any] = plain(error.facts())
    return {key: value for key, value in facts.items() if key != "code"}


def _needs_case(act: str | None) -> bool:
    return act in {"assignments.assign", "recusals.challenge"}
