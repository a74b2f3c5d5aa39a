"""What colleagues tell and ask each other, as pages list it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from storage.models import Case, Cosigner, Memo, Person, Task
from storage.vocabulary import CosignStatus

#: So many are listed.
_MOST = 200


def memos(session: Session, person_id: uuid.UUID) -> Sequence[Any]:
    """Return what somebody was told and has told, unread first, then the newest."""
    sender, receiver = aliased(Person), aliased(Person)
    return session.execute(
        select(
            Memo,
            Case.number,
            Task.name.label("step"),
            sender.name.label("sender"),
            receiver.name.label("receiver"),
        )
        .join(Case, Memo.case_id == Case.id)
        .join(sender, Memo.sender_id == sender.id)
        .join(receiver, Memo.receiver_id == receiver.id)
        .outerjoin(Task, Memo.task_id == Task.id)
        .where(or_(Memo.receiver_id == person_id, Memo.sender_id == person_id))
        .order_by(Memo.read_at.is_not(None), Memo.id.desc())
        .limit(_MOST)
    ).all()


def cosigning(session: Session, person_id: uuid.UUID) -> Sequence[Any]:
    """Return the steps that wait for somebody's opinion, the oldest first."""
    asker = aliased(Person)
    return session.execute(
        select(Cosigner, Case.number, Task, asker.name.label("asker"))
        .join(Case, Cosigner.case_id == Case.id)
        .join(Task, Cosigner.task_id == Task.id)
        .join(asker, Cosigner.added_by_id == asker.id)
        .where(Cosigner.person_id == person_id, Cosigner.status == CosignStatus.ASKED)
        .order_by(Cosigner.id)
    ).all()


def cosigners(session: Session, task_id: uuid.UUID) -> Sequence[Any]:
    """Return whose opinion a step waited or waits for."""
    return session.execute(
        select(Cosigner, Person.name)
        .join(Person, Cosigner.person_id == Person.id)
        .where(Cosigner.task_id == task_id)
        .order_by(Cosigner.id)
    ).all()


def questions(session: Session, task_id: uuid.UUID) -> Sequence[Any]:
    """Return what was asked about a step, with the answers."""
    sender, receiver = aliased(Person), aliased(Person)
    return session.execute(
        select(Memo, sender.name.label("sender"), receiver.name.label("receiver"))
        .join(sender, Memo.sender_id == sender.id)
        .join(receiver, Memo.receiver_id == receiver.id)
        .where(Memo.task_id == task_id)
        .order_by(Memo.id)
    ).all()
