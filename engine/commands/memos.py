"""Tell colleagues something about a case: remind, copy, ask; read and answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.cosigners import colleague
from engine.commands.errors import NotYours, SelfAppointment
from engine.commands.work import Work, on_case, on_task
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from storage.database import new_id
from storage.models import Memo
from storage.transaction import Transaction
from storage.vocabulary import MemoKind

#: More receivers than a unit has people.
MAX_RECEIVERS = 50


@act("memos.remind")
def remind(tx: Transaction, task_id: UUID, text: str, *, actor: Actor) -> Result:
    """Urge whoever has a step, or was named to it, to get on (催办).

    Raises:
        Invalid: nobody has it, or oneself does.
    """
    work = on_task(tx, task_id, actor)
    task = work.the_task
    people = set() if task.assignee_id is None else {task.assignee_id}
    if not people and task.capacity is not None:
        people = set(work.standing.chosen(task.capacity))
    people.discard(actor.id)
    if not people:
        raise Invalid({"task_id": ["nobody_to_remind"]})
    return _send(work, MemoKind.REMINDER, people, text, actor)


@act("memos.copy")
def copy(
    tx: Transaction,
    case_id: UUID,
    person_ids: list[UUID],
    text: str,
    *,
    actor: Actor,
) -> Result:
    """Let colleagues know of a case; each confirms having read it (抄送)."""
    work = on_case(tx, case_id, actor)
    people = set(person_ids)
    if actor.id in people:
        raise SelfAppointment("memos.copy")
    if not 0 < len(people) <= MAX_RECEIVERS:
        raise Invalid({"person_ids": ["required"]})
    return _send(work, MemoKind.COPY, people, text, actor)


@act("memos.ask")
def ask(
    tx: Transaction, task_id: UUID, person_id: UUID, text: str, *, actor: Actor
) -> Result:
    """Ask a colleague something about a step, which stays where it is (沟通)."""
    work = on_task(tx, task_id, actor)
    if person_id == actor.id:
        raise SelfAppointment("memos.ask")
    return _send(work, MemoKind.QUESTION, {person_id}, text, actor)


@act("memos.read")
def read(tx: Transaction, memo_id: UUID, *, actor: Actor) -> Result:
    """Confirm having read what one was told (已阅); the first time counts."""
    work, memo = _own(tx, memo_id, actor)
    if memo.read_at is not None:
        raise Invalid({"memo_id": ["already_read"]})
    memo.read_at = tx.now
    return _log(work, EventTag.MEMO_READ, memo, actor, {})


@act("memos.answer")
def answer(tx: Transaction, memo_id: UUID, text: str, *, actor: Actor) -> Result:
    """Answer a question; the answer stays beside it."""
    work, memo = _own(tx, memo_id, actor)
    if memo.kind is not MemoKind.QUESTION or memo.answered_at is not None:
        raise Invalid({"memo_id": ["not_open"]})
    if not text.strip():
        raise Invalid({"text": ["required"]})
    memo.answer, memo.answered_at = text.strip(), tx.now
    memo.read_at = memo.read_at or tx.now
    facts = {"to": memo.sender_id, "opinion": memo.answer}
    return _log(work, EventTag.MEMO_ANSWERED, memo, actor, facts)


def _own(tx: Transaction, memo_id: UUID, actor: Actor) -> tuple[Work, Memo]:
    memo = tx.session.get(Memo, memo_id)
    if memo is None:
        raise NotFound("memo", str(memo_id))
    work = on_case(tx, memo.case_id, actor)
    tx.session.refresh(memo)  # it may have changed before the case was locked
    if memo.receiver_id != actor.id:
        raise NotYours(work.case.number, "", str(memo.receiver_id))
    return work, memo


def _send(
    work: Work, kind: MemoKind, people: Iterable[UUID], text: str, actor: Actor
) -> Result:
    if not text.strip():
        raise Invalid({"text": ["required"]})
    receivers = sorted(people)
    for person in receivers:
        colleague(work, person)
    rows = [
        Memo(
            id=new_id(),
            case_id=work.case.id,
            task_id=work.task.id if work.task is not None else None,
            kind=kind,
            sender_id=actor.id,
            receiver_id=person,
            text=text.strip(),
            sent_at=work.tx.now,
        )
        for person in receivers
    ]
    work.tx.add(*rows)
    result = {"memo_ids": [str(row.id) for row in rows]}
    work.tx.log(
        EventTag.MEMO_SENT,
        work.case,
        by=actor.id,
        subject=work.task.id if work.task is not None else None,
        facts={"kind": kind, "people": receivers, "opinion": text.strip()},
        result=result,
    )
    return result


def _log(
    work: Work, tag: EventTag, memo: Memo, actor: Actor, facts: dict[str, Any]
) -> Result:
    result = {"memo_id": str(memo.id)}
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=memo.task_id,
        facts={"kind": memo.kind, "memo": memo.id, **facts},
        result=result,
    )
    return result
