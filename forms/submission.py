"""From what an officer entered to a document that can be signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.actor import Actor
from engine.commands import documents
from engine.commands.acts import Result, act
from engine.commands.documents import Slot
from engine.commands.facts import as_answered
from engine.commands.work import Work, on_task
from engine.errors import NotFound
from forms import numbering, registry
from forms.definition import FormDefinition
from forms.filters import words
from forms.prefill import named, prefill
from forms.rendering import snapshot
from storage.digest import digest
from storage.models import Agency, Document, Party, Person, Signature
from storage.transaction import Transaction
from storage.vocabulary import Capacity, DocumentStatus

#: Legal days are days in Shanghai.
SHANGHAI = ZoneInfo("Asia/Shanghai")


@act("documents.draft")
def draft(
    tx: Transaction,
    task_id: UUID,
    code: str,
    fields: Mapping[str, Any] | None = None,
    replaces: UUID | None = None,
    *,
    actor: Actor,
) -> Result:
    """Begin a document with what the case knows and what was entered so far."""
    definition = definition_of(code)
    work = on_task(tx, task_id, actor)
    known = prefill(definition, context(work))
    kept, _ = definition.draft({**known, **(fields or {})}, facts=as_answered(work))
    kept = named(definition, kept, _register(work))
    return documents.draft(
        tx,
        task_id,
        code=code,
        title=definition.title(_issuer(work)),
        form_digest=definition.digest,
        fields=kept,
        replaces=replaces,
        actor=actor,
    )


@act("documents.revise")
def revise(
    tx: Transaction,
    document_id: UUID,
    fields: Mapping[str, Any],
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Keep what can be read of a changed draft; errors are told when it is prepared."""
    document = _document(tx, document_id)
    kept, _ = definition_of(document.code).draft(fields)
    return documents.revise(tx, document_id, fields=kept, version=version, actor=actor)


@act("documents.prepare")
def prepare(
    tx: Transaction,
    document_id: UUID,
    fields: Mapping[str, Any] | None = None,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Check a draft against its form, number it and freeze it for signing.

    Raises:
        Invalid: a field is missing or cannot be accepted; nothing has changed.
    """
    document = _document(tx, document_id)
    definition = definition_of(document.code)
    work = on_task(tx, document.task_id, actor)
    documents.check_draft(document, version)
    accepted = definition.load(
        document.fields if fields is None else fields, facts=as_answered(work)
    )
    accepted = named(definition, accepted, _register(work))
    number = document.number or _number(work, definition)
    frozen = print_snapshot(work, definition, accepted, number)
    return documents.prepare(
        tx,
        document_id,
        fields=accepted,
        snapshot=frozen,
        digest=digest(frozen),
        number=number,
        slots=_slots(work, definition, accepted),
        actor=actor,
    )


def definition_of(code: str) -> FormDefinition:
    """Return the form of a document; raises NotFound."""
    try:
        return registry.get(code)
    except KeyError as error:
        raise NotFound("document_type", code) from error


def print_snapshot(
    work: Work,
    definition: FormDefinition,
    fields: Mapping[str, Any],
    number: str | None,
) -> dict[str, Any]:
    """Return everything that the paper is printed from, signatures apart."""
    agency = work.tx.session.get_one(Agency, work.case.agency_id)
    return snapshot(
        definition,
        fields=fields,
        agency=agency.name,
        number=number or "",
        case_number=work.case.number,
        cause=work.case.cause,
        today=work.tx.now.astimezone(SHANGHAI).date().isoformat(),
        issuer=agency.issuer,
    )


def signed_snapshot(tx: Transaction, document: Document) -> dict[str, Any]:
    """Return the frozen snapshot together with the signatures given so far."""
    rows = tx.session.scalars(
        select(Signature)
        .where(Signature.document_id == document.id)
        .order_by(Signature.signed_at, Signature.id)
    ).all()
    wanted = {row.behalf_of_id for row in rows} - {None}
    found = tx.session.scalars(select(Person).where(Person.id.in_(wanted)))
    principals = {person.id: person.name for person in found} if wanted else {}
    return {
        **(document.snapshot or {}),
        "signatures": [
            {
                "role": row.role,
                "name": _shown(
                    row.name,
                    principals.get(row.behalf_of_id) if row.behalf_of_id else None,
                ),
                "kind": row.kind.value,
                "at": row.signed_at.astimezone(SHANGHAI).isoformat(),
                "note": row.note,
                "witness": row.witness,
            }
            for row in rows
        ],
    }


def _shown(name: str, principal: str | None) -> str:
    """Return a name as it is printed: a deputy's says for whom."""
    if principal is None:
        return name
    return words()["signature"]["deputy"].format(name=name, principal=principal)


def context(work: Work) -> dict[str, Any]:
    """Return what the case knows, by the paths that forms prefill from."""
    session, case = work.tx.session, work.case
    parties = session.scalars(
        select(Party).where(Party.case_id == case.id).order_by(Party.id)
    ).all()
    principal = next((p for p in parties if p.role != "complainant"), None)
    officers = session.scalars(
        select(Person)
        .where(Person.id.in_(work.standing.holders(Capacity.HANDLER)))
        .order_by(Person.id)
    )
    agency = session.get_one(Agency, case.agency_id)
    facts = as_answered(work)
    return {
        **{k: v for k, v in facts.items() if k not in {"case", "outcome"}},
        "party": _party(principal),
        "officers": [
            {"id": str(p.id), "name": p.name, "certificate": p.certificate}
            for p in officers
        ],
        "case": {
            "number": case.number,
            "cause": case.cause,
            "opened_at": _local(case.opened_at),
        },
        "agency": {"name": agency.name, **agency.letterhead},
        "documents": _documents(work),
        "facts": facts,
        "now": _local(work.tx.now),
    }


def _documents(work: Work) -> dict[str, dict[str, Any]]:
    rows = work.tx.session.execute(
        select(Document.code, Document.number, Document.fields)
        .where(
            Document.case_id == work.case.id,
            Document.status.in_([DocumentStatus.PREPARED, DocumentStatus.FINAL]),
        )
        .order_by(Document.id)
    )
    return {row.code: {**row.fields, "number": row.number} for row in rows}


def _party(party: Party | None) -> dict[str, Any]:
    if party is None:
        return {}
    return {
        "kind": party.kind.value,
        "name": party.name,
        "credit_code": party.credit_code,
        "id_number": party.id_number,
        "legal_representative": party.legal_representative,
        "legal_post": party.post,
        "address": party.address,
        "phone": party.phone,
    }


def _register(work: Work) -> dict[str, dict[str, str]]:
    """Return the names and certificates of everybody in the agency, by id."""
    rows = work.tx.session.execute(
        select(Person.id, Person.name, Person.certificate).where(
            Person.agency_id == work.case.agency_id
        )
    )
    return {
        str(row.id): {"name": row.name, "certificate": row.certificate or ""}
        for row in rows
    }


def _number(work: Work, definition: FormDefinition) -> str | None:
    if definition.number == "none":
        return None
    agency = work.tx.session.get_one(Agency, work.case.agency_id)
    pattern = str(work.rules.parameters[definition.number])
    words = {
        "prefix": agency.letterhead.get("prefix", ""),
        "mark": definition.mark or "",
    }
    year = work.tx.now.astimezone(SHANGHAI).year
    name = f"{definition.code}:{numbering.series(pattern, year=year, words=words)}"
    if definition.number == "document_number":
        name = numbering.series(pattern, year=year, words=words)
    sequence = work.tx.next_serial(agency.id, name, year)
    return numbering.write(pattern, year=year, sequence=sequence, words=words)


def _slots(
    work: Work, definition: FormDefinition, answers: Mapping[str, Any]
) -> list[Slot]:
    return [
        Slot(
            role=signatory.role,
            count=signatory.count,
            forms=signatory.forms,
            refusable=signatory.refusable,
            people=documents.holders(work, signatory.each) if signatory.each else (),
        )
        for signatory in definition.signatories_for(answers, facts=as_answered(work))
    ]


def _document(tx: Transaction, document_id: UUID) -> Document:
    document = tx.session.get(Document, document_id)
    if document is None:
        raise NotFound("document", str(document_id))
    return document


def _issuer(work: Work) -> str:
    return work.tx.session.get_one(Agency, work.case.agency_id).issuer


def _local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat()
