"""Open cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.actor import Actor
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.advance import settle
from engine.commands.deciding import not_allowed
from engine.commands.definitions import newest_set
from engine.commands.errors import BadMoment
from engine.commands.pinned import SHANGHAI, pinned_to
from engine.commands.standing import Standing
from engine.commands.work import Work, hold
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules.identity import credit_code_fault, id_number_fault
from engine.rules.posts import Deciders, Reserved, deciders, may_decide
from engine.runtime.instance import Instance
from storage.database import new_id
from storage.models import Agency, Case, Party
from storage.transaction import Transaction
from storage.vocabulary import Capacity, CaseStatus, PartyKind

#: Numbers whose check digits are looked at on the way in.
NUMBERS = {"credit_code": credit_code_fault, "id_number": id_number_fault}

#: What may be told of a party.
PARTY_FIELDS = frozenset(
    {
        "role",
        "kind",
        "name",
        "credit_code",
        "id_number",
        "legal_representative",
        "post",
        "address",
        "phone",
    }
)


@act("cases.open")
def open_case(  # a case simply begins with these facts
    tx: Transaction,
    process: str,
    cause: str,
    parties: list[dict[str, Any]],
    received_at: datetime | None = None,
    source: str | None = None,
    *,
    actor: Actor,
) -> Result:
    """Open a case from a lead and start its diagram.

    Raises:
        NotFound: no such process is published for the actor's authority.
        NotAllowed: the actor holds no post that opens cases.
        BadMoment: the lead would have come in the future.
        Invalid: no suspect among the parties, or an unknown field.
    """
    agency = tx.session.get_one(Agency, actor.agency_id)
    pinned_row = newest_set(tx, process, agency.issuer)
    if pinned_row is None:
        raise NotFound("process", process)
    pinned = pinned_to(tx.session, pinned_row.id)
    named = deciders(pinned.rules(tx.now), Reserved.OPENING) or Deciders()
    if not may_decide(actor, named):
        raise not_allowed("cases.open", named)
    began = received_at or tx.now
    if began > tx.now:
        raise BadMoment("received_at", began, began, tx.now)
    if not cause.strip():
        raise Invalid({"cause": ["required"]})
    rows = [_party(index, party) for index, party in enumerate(parties)]
    principal = next((row for row in rows if row.role != "complainant"), None)
    if principal is None:
        raise Invalid({"parties": ["required"]})
    year = tx.now.astimezone(SHANGHAI).year
    number = str(pinned.rules(tx.now).parameters["case_number"]).format(
        prefix=agency.letterhead.get("prefix", ""),
        year=year,
        sequence=tx.next_serial(agency.id, "case", year),
    )
    case = Case(
        id=new_id(),
        agency_id=agency.id,
        unit_id=actor.unit_id,
        requirement_set_id=pinned_row.id,
        process_key=process,
        number=number,
        cause=cause.strip(),
        status=CaseStatus.OPEN,
        opened_at=began,
        facts={
            "case": {
                "party_kind": principal.kind.value,
                "issuer": agency.issuer,
                "source": source,
            }
        },
        lock_version=0,
        event_seq=0,
        event_digest="0" * 64,
    )
    tx.add(case)
    for row in rows:
        row.case_id = case.id
        tx.add(row)
    # Nothing stands yet, so nothing is asked for.
    work = Work(tx, case, pinned, Standing((), frozenset()), rows=())
    hold(work, Capacity.HANDLER, [actor.id])
    facts = case_facts.everywhere(work, began)
    instance, delta = Instance.start(
        work.pinned.bundle, facts, functions=case_facts.functions(work)
    )
    opened = settle(work, instance, delta, began)
    result = {"case_id": str(case.id), "number": case.number, "opened": opened}
    tx.log(
        EventTag.CASE_OPENED,
        case,
        by=actor.id,
        subject=case.id,
        acted_at=began,
        facts={
            "process": process,
            "version": work.pinned.version,
            "requirement_set": pinned_row.digest,
            "source": source,
        },
        result=result,
    )
    return result


def _party(index: int, given: Mapping[str, Any]) -> Party:
    unknown = set(given) - PARTY_FIELDS
    name = str(given.get("name") or "").strip()
    if unknown or not name:
        raise Invalid(
            {f"parties.{index}": ["unknown_field" if unknown else "required"]}
        )
    for key, value in given.items():
        if value is not None and not isinstance(value, str):
            raise Invalid({f"parties.{index}.{key}": ["not_text"]})
    try:
        kind = PartyKind(given.get("kind", ""))
    except ValueError as error:
        raise Invalid({f"parties.{index}.kind": ["not_a_choice"]}) from error
    faults = {
        f"parties.{index}.{field}": [fault]
        for field, check in NUMBERS.items()
        if given.get(field) and (fault := check(str(given[field])))
    }
    if faults:
        raise Invalid(faults)
    rest = {key: given.get(key) for key in PARTY_FIELDS - {"name", "kind", "role"}}
    return Party(
        id=new_id(), name=name, kind=kind, role=given.get("role") or "suspect", **rest
    )
