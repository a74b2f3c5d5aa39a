"""Documents: draft, revise, prepare, sign, discard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.drawn import drawn_name
from engine.commands.errors import DocumentNotDue, SignatureRefused
from engine.commands.work import Work, check_version, on_case, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from storage.database import new_id
from storage.models import Deadline, Document, Signature, Task
from storage.transaction import Transaction
from storage.vocabulary import Capacity, DeadlineStatus, DocumentStatus, TaskStatus


@dataclass(frozen=True)
class Slot:
    """Who must sign, how often and how; the engine hears no more of a form."""

    role: str
    count: int = 1
    forms: tuple[str, ...] = ("signature",)
    refusable: bool = False
    people: tuple[str, ...] = ()  #: when given, exactly these, each once

    def stored(self) -> dict[str, Any]:
        """Return the slot as JSON."""
        return {
            "role": self.role,
            "count": len(self.people) or self.count,
            "forms": list(self.forms),
            "refusable": self.refusable,
            "people": list(self.people),
        }


def draft(
    tx: Transaction,
    task_id: UUID,
    *,
    code: str,
    title: str,
    form_digest: str,
    fields: Mapping[str, Any],
    replaces: UUID | None = None,
    actor: Actor,
) -> Result:
    """Begin a document at an open task, perhaps to replace an earlier one of it.

    Raises:
        DocumentNotDue: the document belongs to steps that are not open now.
    """
    work = on_task(tx, task_id, actor)
    _check_due(work, code)
    take(work, actor)
    document = Document(
        id=new_id(),
        case_id=work.case.id,
        task_id=task_id,
        element=work.the_task.element,
        scope=work.the_task.scope,
        subject=work.the_task.subject,
        code=code,
        title=title,
        status=DocumentStatus.DRAFT,
        version=1,
        form_digest=form_digest,
        fields=dict(fields),
        signatories=[],
        signed_by=[],
        created_by_id=actor.id,
        created_at=tx.now,
        supersedes_id=_replaced(work, replaces, code) or _returned(work, code),
    )
    tx.add(document)
    return log(work, EventTag.DOCUMENT_DRAFTED, document, actor, {})


def revise(
    tx: Transaction,
    document_id: UUID,
    *,
    fields: Mapping[str, Any],
    version: int | None,
    actor: Actor,
) -> Result:
    """Change a draft; a prepared or final document is never edited."""
    document, work = locked(tx, document_id, actor)
    lifecycle.DOCUMENT.check(document.status, DocumentStatus.DRAFT)
    check_version(version, document.version)
    take(work, actor)
    document.fields = dict(fields)
    document.version += 1
    return log(work, EventTag.DOCUMENT_REVISED, document, actor, {})


def check_draft(document: Document, version: int | None) -> None:
    """Refuse what is no longer a draft, or was changed since it was shown."""
    lifecycle.DOCUMENT.check(document.status, DocumentStatus.PREPARED)
    check_version(version, document.version)


def prepare(  # what a frozen document consists of
    tx: Transaction,
    document_id: UUID,
    *,
    fields: Mapping[str, Any],
    snapshot: Mapping[str, Any],
    digest: str,
    number: str | None,
    slots: Sequence[Slot],
    actor: Actor,
) -> Result:
    """Freeze a complete draft so that it can be signed over its digest.

    The document that it was drafted to replace is superseded at this moment.
    """
    document, work = locked(tx, document_id, actor)
    lifecycle.DOCUMENT.check(document.status, DocumentStatus.PREPARED)
    take(work, actor)
    if document.supersedes_id is not None:
        earlier = tx.session.get_one(Document, document.supersedes_id)
        lifecycle.DOCUMENT.check(earlier.status, DocumentStatus.SUPERSEDED)
        earlier.status = DocumentStatus.SUPERSEDED
    document.fields, document.snapshot = dict(fields), dict(snapshot)
    document.digest, document.number = digest, number
    document.signatories = [slot.stored() for slot in slots]
    document.signed_by = []
    document.status, document.prepared_at = DocumentStatus.PREPARED, tx.now
    document.version += 1
    if not slots:
        finalize(work, document)
    render(work, document)
    return log(work, EventTag.DOCUMENT_PREPARED, document, actor, {"digest": digest})


@act("documents.discard")
def discard(
    tx: Transaction,
    document_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Put away a draft or a prepared document that nobody has signed."""
    document, work = locked(tx, document_id, actor)
    check_version(version, document.version)
    lifecycle.DOCUMENT.check(document.status, DocumentStatus.DISCARDED)
    if tx.session.scalar(
        select(Signature.id).where(Signature.document_id == document.id).limit(1)
    ):
        raise SignatureRefused(document.code, "", "already_signed")
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    document.status, document.discarded_reason = DocumentStatus.DISCARDED, reason
    document.version += 1
    return log(work, EventTag.DOCUMENT_DISCARDED, document, actor, {"reason": reason})


def attach_rendering(tx: Transaction, document_id: UUID, sha256: str) -> None:
    """Note the file that a prepared or final document was printed to."""
    document = tx.session.get_one(Document, document_id)
    case = tx.lock_case(document.case_id)
    if case is None or document.rendering_sha256 == sha256:
        return
    document.rendering_sha256 = sha256
    tx.log(
        EventTag.DOCUMENT_RENDERED,
        case,
        by=None,
        subject=document.id,
        facts={"code": document.code, "sha256": sha256, "digest": document.digest},
    )


def holders(work: Work, capacity: str) -> tuple[str, ...]:
    """Return who was named to a capacity and must each sign, in a stable order."""
    return tuple(sorted(str(p) for p in work.standing.chosen(Capacity(capacity))))


def _check_due(work: Work, code: str) -> None:
    homes = work.pinned.homes.get(code)
    if homes is None or work.the_task.element in homes:
        return
    waiting = work.tx.session.scalars(
        select(Deadline).where(
            Deadline.case_id == work.case.id,
            Deadline.status == DeadlineStatus.RUNNING,
            Deadline.fires,
        )
    )
    raise DocumentNotDue(
        code,
        sorted(homes),
        [
            {
                "code": d.code,
                "due_at": d.due_at,
                "cites": d.cites,
                "drawn": drawn_name(work, d.code),
            }
            for d in waiting
        ],
    )


def _replaced(work: Work, replaces: UUID | None, code: str) -> UUID | None:
    if replaces is None:
        return None
    earlier = work.tx.session.get(Document, replaces)
    if earlier is None or (earlier.case_id, earlier.code) != (work.case.id, code):
        raise NotFound("document", str(replaces))
    lifecycle.DOCUMENT.check(earlier.status, DocumentStatus.SUPERSEDED)
    return earlier.id


def _returned(work: Work, code: str) -> UUID | None:
    """Return the document that a reviewer sent back and that is drafted anew."""
    task = work.the_task
    return work.tx.session.scalar(
        select(Document.id)
        .join(Task, Task.id == Document.task_id)
        .where(
            Document.case_id == work.case.id,
            Document.code == code,
            Document.scope == task.scope,
            Document.element == task.element,
            Document.subject.is_not_distinct_from(task.subject),
            Document.status == DocumentStatus.PREPARED,
            Task.status == TaskStatus.DONE,
        )
        .order_by(Document.id.desc())
        .limit(1)
    )


def locked(
    tx: Transaction, document_id: UUID, actor: Actor, *, live_task: bool = True
) -> tuple[Document, Work]:
    """Lock a document with its case, and its task where that must be live."""
    document = tx.session.get(Document, document_id)
    if document is None:
        raise NotFound("document", str(document_id))
    work = (
        on_task(tx, document.task_id, actor)
        if live_task
        else on_case(tx, document.case_id, actor)
    )
    tx.session.refresh(document)
    return document, work


def finalize(work: Work, document: Document) -> None:
    """Make a document final: from here on it is evidence, and read-only."""
    lifecycle.DOCUMENT.check(document.status, DocumentStatus.FINAL)
    document.status, document.finalized_at = DocumentStatus.FINAL, work.tx.now


def render(work: Work, document: Document) -> None:
    """Queue the printing of a document as it stands now."""
    work.tx.enqueue(
        "render_document",
        f"{document.id}:{document.version}:{document.status}",
        {"document_id": str(document.id)},
    )


def log(
    work: Work,
    tag: EventTag,
    document: Document,
    actor: Actor,
    facts: Mapping[str, Any],
) -> Result:
    """Log what happened to a document, and return its result."""
    result = {
        "document_id": str(document.id),
        "status": document.status.value,
        "version": document.version,
        "number": document.number,
    }
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=document.id,
        facts={
            "code": document.code,
            "number": document.number,
            "digest": document.digest,
            **facts,
        },
        result=result,
    )
    return result
