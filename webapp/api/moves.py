"""Moves between colleagues: send back, withdraw, delegate, co-sign, tell, stand in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from storage import models
from webapp import acts, moving, seen
from webapp.api import bodies_moves as bodies
from webapp.api import schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.database import session

blueprint = resource("moves", "Moves between colleagues.")


@blueprint.get("/tasks/<uuid:task_id>/returns")
@needs()
@gives(schemas.Result)
def list_returns(task_id: UUID) -> dict[str, Any]:
    """List the steps that the case may go back to from here, with what follows."""
    task = seen.part(models.Task, task_id)
    return {"items": [moving.told(each) for each in moving.returns(task)]}


@blueprint.post("/tasks/<uuid:task_id>/send-back")
@needs()
@takes(bodies.SendBack)
@gives(schemas.Result)
def send_back(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Send the case back to an earlier step (退回)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.send_back", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/withdraw")
@needs()
@takes(bodies.WhyOn)
@gives(schemas.Result)
def withdraw(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Take one's own completed step back before anybody acts on it (撤回)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.withdraw", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/excuse")
@needs()
@takes(bodies.WhyOn)
@gives(schemas.Result)
def excuse(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Note that a member of a panel is absent (缺席)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.excuse", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/delegate")
@needs()
@takes(bodies.ToColleague)
@gives(schemas.Result)
def delegate(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Let a colleague prepare a step and give it back (委派)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.delegate", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/return")
@needs()
@takes(bodies.Note)
@gives(schemas.Result)
def give_back(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Give a delegated step back, or call it back."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.return", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/save")
@needs()
@takes(bodies.Save)
@gives(schemas.Result)
def save(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Keep what was entered without completing the step (暂存)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.save", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/cosigners")
@needs()
@takes(bodies.ToColleague)
@gives(schemas.Result, HTTPStatus.CREATED)
def add_cosigner(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Let a step wait for a colleague's opinion (加签)."""
    seen.part(models.Task, task_id)
    return acts.do("cosigners.add", task_id=task_id, **body)


@blueprint.post("/cosigners/<uuid:cosigner_id>/remove")
@needs()
@takes(bodies.Why)
@gives(schemas.Result)
def remove_cosigner(body: dict[str, Any], cosigner_id: UUID) -> dict[str, Any]:
    """Wait no longer for an opinion (减签)."""
    seen.part(models.Cosigner, cosigner_id)
    return acts.do("cosigners.remove", cosigner_id=cosigner_id, **body)


@blueprint.post("/cosigners/<uuid:cosigner_id>/answer")
@needs()
@takes(bodies.Opinion)
@gives(schemas.Result)
def answer_cosigner(body: dict[str, Any], cosigner_id: UUID) -> dict[str, Any]:
    """Give the opinion that one was asked for."""
    seen.part(models.Cosigner, cosigner_id)
    return acts.do("cosigners.answer", cosigner_id=cosigner_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/reminders")
@needs()
@takes(bodies.Text)
@gives(schemas.Result, HTTPStatus.CREATED)
def remind(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Urge whoever has a step to get on (催办)."""
    seen.part(models.Task, task_id)
    return acts.do("memos.remind", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/questions")
@needs()
@takes(bodies.Question)
@gives(schemas.Result, HTTPStatus.CREATED)
def ask(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Ask a colleague something about a step (沟通)."""
    seen.part(models.Task, task_id)
    return acts.do("memos.ask", task_id=task_id, **body)


@blueprint.post("/cases/<uuid:case_id>/copies")
@needs()
@takes(bodies.Copy)
@gives(schemas.Result, HTTPStatus.CREATED)
def copy(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Let colleagues know of a case (抄送)."""
    seen.case(case_id)
    return acts.do("memos.copy", case_id=case_id, **body)


@blueprint.get("/memos")
@needs()
@gives(schemas.Result)
def list_memos() -> dict[str, Any]:
    """List what one was told and has told, the newest first."""
    me = current_actor().id
    rows = session().scalars(
        select(models.Memo)
        .where(or_(models.Memo.receiver_id == me, models.Memo.sender_id == me))
        .order_by(models.Memo.id.desc())
        .limit(200)
    )
    return {"items": [moving.told_memo(row) for row in rows]}


@blueprint.post("/memos/<uuid:memo_id>/read")
@needs()
@gives(schemas.Result)
def read(memo_id: UUID) -> dict[str, Any]:
    """Confirm having read what one was told (已阅)."""
    seen.part(models.Memo, memo_id)
    return acts.do("memos.read", memo_id=memo_id)


@blueprint.post("/memos/<uuid:memo_id>/answer")
@needs()
@takes(bodies.Text)
@gives(schemas.Result)
def answer(body: dict[str, Any], memo_id: UUID) -> dict[str, Any]:
    """Answer a question."""
    seen.part(models.Memo, memo_id)
    return acts.do("memos.answer", memo_id=memo_id, **body)


@blueprint.post("/cases/<uuid:case_id>/suspend")
@needs()
@takes(bodies.WhyOn)
@gives(schemas.Result)
def suspend(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Let a case stand still (中止)."""
    seen.case(case_id)
    return acts.do("cases.suspend", case_id=case_id, **body)


@blueprint.post("/cases/<uuid:case_id>/resume")
@needs()
@takes(bodies.WhyOn)
@gives(schemas.Result)
def resume(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Let a case go on (恢复)."""
    seen.case(case_id)
    return acts.do("cases.resume", case_id=case_id, **body)


@blueprint.post("/cases/<uuid:case_id>/terminate")
@needs()
@takes(bodies.WhyOn)
@gives(schemas.Result)
def terminate(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """End a case before its end (终止)."""
    seen.case(case_id)
    return acts.do("cases.terminate", case_id=case_id, **body)


@blueprint.post("/people/<uuid:person_id>/hand-over")
@needs()
@takes(bodies.HandOver)
@gives(schemas.Result)
def hand_over(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Hand all that somebody does to a colleague, one command a case (离职转办).

    Cases that cannot be handed over are named with why; the others are.
    """
    return moving.hand_over(person_id, body["to_id"], body["reason"])


@blueprint.get("/deputies")
@needs()
@gives(schemas.Result)
def list_deputies() -> dict[str, Any]:
    """List the deputies of one's agency, present and past."""
    rows = moving.deputies(current_actor().agency_id)
    return {"items": [moving.told_deputy(row) for row in rows]}


@blueprint.post("/deputies")
@needs()
@takes(bodies.NewDeputy)
@gives(schemas.Result, HTTPStatus.CREATED)
def name_deputy(body: dict[str, Any]) -> dict[str, Any]:
    """Let somebody take another's place for a time (代理)."""
    return acts.do("deputies.name", **body)


@blueprint.post("/deputies/<uuid:deputy_id>/end")
@needs()
@takes(bodies.Why)
@gives(schemas.Result)
def end_deputy(body: dict[str, Any], deputy_id: UUID) -> dict[str, Any]:
    """End a deputyship before its time."""
    return acts.do("deputies.end", deputy_id=deputy_id, **body)
