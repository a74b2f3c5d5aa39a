"""Signatures on documents: who must sign, who may, and how a refusal is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.documents import finalize, locked, log, render
from engine.commands.errors import NotYours, SignatureRefused
from engine.commands.people import check_certificate
from engine.commands.work import Work, check_may_act, hold, stands_in_for
from engine.events import EventTag
from engine.rules.errors import PostNotHeld, SeparationOfDuties
from storage.database import new_id
from storage.models import Document, Person, Recording, Signature, Task
from storage.transaction import Transaction
from storage.vocabulary import (
    Capacity,
    DocumentStatus,
    Medium,
    Post,
    SignatureKind,
)

#: Those of a document's signatories who are not people of the agency.
OUTSIDE = frozenset(
    {
        "party",
        "agent",
        "attesting_witness",
        "witness",
        "interviewee",
        "guardian",
        "receiver",
        "third_party",
    }
)

#: Whoever of the agency kept the minutes signs as such.
ANYBODY = frozenset({"recorder"})

#: Recordings that prove a refusal as a witness would.
_SEEN_AND_HEARD = (Medium.AUDIO, Medium.VIDEO, Medium.ROOM_VIDEO)

#: Roles that a capacity of another name fills.
ROLE_CAPACITY = {"officer": Capacity.HANDLER, "server": Capacity.HANDLER}


#: Roles that belong to a post in the agency, not to a capacity in the case.
BY_POST = frozenset(Post) - frozenset(Capacity) - ROLE_CAPACITY.keys()


@act("documents.sign")
def sign(  # a signature simply has these parts
    tx: Transaction,
    document_id: UUID,
    role: str,
    kind: SignatureKind = SignatureKind.SIGNATURE,
    name: str | None = None,
    note: str = "",
    witness: str | None = None,
    digest: str | None = None,
    *,
    actor: Actor,
) -> Result:
    """Sign a prepared document, or record that somebody outside signed or refused.

    Raises:
        SignatureRefused: no such free slot, a form it does not accept, or a refusal
            without reason, or with neither witness nor sound or film of the step.
    """
    document, work = locked(tx, document_id, actor, live_task=False)
    if document.status is not DocumentStatus.PREPARED:
        raise SignatureRefused(document.code, role, "not_prepared")
    if digest is not None and digest != document.digest:
        raise SignatureRefused(document.code, role, "other_version")
    slot = _slot(document, role, kind)
    signed = signatures_of(tx, document)
    person_id, shown = _signer(work, document, slot, actor, name)
    behalf = None if person_id is None else _behalf(work, document, slot, actor)
    _check_free(document, slot, signed, person_id, shown)
    if kind is SignatureKind.REFUSAL and not (
        note.strip() and ((witness or "").strip() or _was_filmed(tx, document))
    ):
        raise SignatureRefused(document.code, role, "refusal_needs_note_and_witness")
    signature = Signature(
        id=new_id(),
        document_id=document.id,
        case_id=work.case.id,
        role=role,
        kind=kind,
        person_id=person_id,
        name=shown,
        digest=document.digest or "",
        signed_at=tx.now,
        note=note.strip(),
        witness=witness,
        behalf_of_id=behalf,
    )
    tx.add(signature)
    signed.append((role, person_id, shown))
    if sum(1 for r, _, _ in signed if r == role) >= slot["count"]:
        document.signed_by = [*document.signed_by, role]
    if {s["role"] for s in document.signatories} == set(document.signed_by):
        finalize(work, document)
        render(work, document)
    document.version += 1
    return log(
        work,
        EventTag.DOCUMENT_SIGNED,
        document,
        actor,
        {
            "role": role,
            "kind": kind.value,
            "note": note.strip(),
            **({"behalf_of": behalf} if behalf is not None else {}),
        },
    )


def _was_filmed(tx: Transaction, document: Document) -> bool:
    """Say whether the step was recorded: sound or film stands for a witness (d-29)."""
    found = tx.session.scalar(
        select(Recording.id)
        .where(
            Recording.task_id == document.task_id, Recording.medium.in_(_SEEN_AND_HEARD)
        )
        .limit(1)
    )
    return found is not None


def _slot(document: Document, role: str, kind: SignatureKind) -> dict[str, Any]:
    slot = next((s for s in document.signatories if s["role"] == role), None)
    if slot is None:
        raise SignatureRefused(document.code, role, "no_such_role")
    if role in document.signed_by:
        raise SignatureRefused(document.code, role, "already_signed")
    allowed = {*slot["forms"], *(["refusal"] if slot["refusable"] else [])}
    if kind.value not in allowed:
        raise SignatureRefused(document.code, role, "form_not_accepted")
    return dict(slot)


def _signer(
    work: Work,
    document: Document,
    slot: Mapping[str, Any],
    actor: Actor,
    name: str | None,
) -> tuple[UUID | None, str]:
    role = slot["role"]
    if role == "agency":
        _check_seal(work, actor)
        return None, (name or "").strip() or role
    if role in OUTSIDE:
        # Outsiders sign on paper or pad, before whoever does the step.
        if not (name or "").strip():
            raise SignatureRefused(document.code, role, "name_required")
        task = work.tx.session.get_one(Task, document.task_id)
        check_may_act(work, actor, task.capacity or Capacity.HANDLER)
        return None, (name or "").strip()
    if role in ANYBODY:
        pass
    elif role in BY_POST:
        _check_post(actor, Post(role))
    elif slot["people"]:
        if str(actor.id) not in slot["people"]:
            raise NotYours(document.code, role, None)
    else:
        capacity = ROLE_CAPACITY.get(role) or Capacity(role)
        if _behalf(work, document, slot, actor) is None:
            check_may_act(work, actor, capacity, document.code)
        hold(work, capacity, [actor.id])
    person = work.tx.session.get_one(Person, actor.id)
    if role in ROLE_CAPACITY:
        check_certificate(work, person)
    return actor.id, person.name


def _check_post(actor: Actor, post: Post) -> None:
    """Some papers ask for a post, whatever its holder does in the case."""
    if not actor.holds(post):
        raise PostNotHeld(post, (post.value,))


def _behalf(
    work: Work, document: Document, slot: Mapping[str, Any], actor: Actor
) -> UUID | None:
    """Return for whom the actor signs as a standing deputy; None: for themselves.

    Nobody signs for another what that person saw, heard or was named for: as an
    officer on the spot, as the keeper of minutes, as one of a panel, or by name.
    """
    role = slot["role"]
    if role in {*ROLE_CAPACITY, *ANYBODY, *BY_POST} or slot["people"]:
        return None
    capacity = Capacity(role)
    chosen = work.standing.chosen(capacity)
    if actor.id in chosen:
        return None
    return stands_in_for(work, actor, capacity, chosen, document.code)


def _check_seal(work: Work, actor: Actor) -> None:
    """The seal is set by who does the case, or by who approved the act."""
    try:
        check_may_act(work, actor, Capacity.HANDLER)
    except (NotYours, SeparationOfDuties):
        check_may_act(work, actor, Capacity.APPROVER)


def _check_free(
    document: Document,
    slot: Mapping[str, Any],
    signed: Sequence[tuple[str, UUID | None, str]],
    person_id: UUID | None,
    name: str,
) -> None:
    for role, who, shown in signed:
        if role == slot["role"] and (who, shown) == (person_id, name):
            raise SignatureRefused(document.code, role, "signed_before")


def signatures_of(
    tx: Transaction, document: Document
) -> list[tuple[str, UUID | None, str]]:
    """Return who has signed so far: role, person if of the agency, name."""
    rows = tx.session.execute(
        select(Signature.role, Signature.person_id, Signature.name).where(
            Signature.document_id == document.id
        )
    )
    return [(r.role, r.person_id, r.name) for r in rows]
