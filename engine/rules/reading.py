"""Read the entries of a rule pack on access, keeping, spoken words and duties."""

from __future__ import annotations

from datetime import date

from engine.rules.entries import (
    AccessEntry,
    AnnouncementEntry,
    DutyEntry,
    RetentionEntry,
)
from engine.rules.tables import Table
from storage.vocabulary import (
    Bound,
    HoldEffect,
    HoldTrigger,
    KeptBy,
    Leave,
    Material,
    Moment,
    Operation,
    Post,
    Requester,
    RetentionClass,
    Subject,
)


def access(table: Table) -> AccessEntry:
    """Read who may see or copy what; an approval without approvers is refused."""
    leave = table.word("leave", Leave)
    approvers = table.words("approvers", Post)
    if (leave is Leave.APPROVED) != bool(approvers):
        raise table.refuse("approvers_without_approval")
    operations = table.words("operations", Operation)
    if not operations:
        raise table.refuse("missing_key:operations")
    return AccessEntry(
        requester=table.word("requester", Requester),
        material=table.word("material", Material, Material.ANY),
        operations=operations,
        leave=leave,
        approvers=approvers,
        since=table.take("since", date),
        cites=table.cites(),
        mark=table.mark(),
        says=table.says(),
    )


def retention(table: Table) -> RetentionEntry:
    """Read how long something is kept; a number without a unit is refused."""
    length = table.take("length", int) if "length" in table.values else None
    unit = table.unit() if "unit" in table.values else None
    bound = table.maybe_word("bound", Bound)
    if length is not None and unit is None:
        raise table.refuse("number_without_unit")
    if length is not None and (length < 1 or bound is None):
        raise table.refuse("not_a_length")
    trigger = table.maybe_word("trigger", HoldTrigger)
    effect = table.maybe_word("effect", HoldEffect)
    if (trigger is None) != (effect is None):
        raise table.refuse("trigger_without_effect")
    return RetentionEntry(
        covers=table.word("covers", RetentionClass),
        trigger=trigger,
        since=table.take("since", date),
        cites=table.cites(),
        length=length,
        unit=unit,
        bound=bound,
        effect=effect,
        as_case_file=table.take("as_case_file", bool, default=False),
        mark=table.mark(),
        says=table.says(),
    )


def announcement(table: Table, code: str) -> AnnouncementEntry:
    """Read words to be spoken while recording."""
    return AnnouncementEntry(
        code=code,
        at=_activities(table),
        moment=table.word("moment", Moment),
        text=table.take("text", str, ""),
        since=table.take("since", date),
        cites=table.cites(),
        mark=table.mark(),
        says=table.says(),
    )


def duty(table: Table, code: str) -> DutyEntry:
    """Read what else is to be done, and by what it is kept."""
    documents = table.texts("documents")
    for document in documents:
        table.check("document", document, table.known.documents)
    return DutyEntry(
        code=code,
        subject=table.word("subject", Subject),
        kept_by=table.word("kept_by", KeptBy),
        since=table.take("since", date),
        cites=table.cites(),
        at=_activities(table),
        documents=documents,
        when=table.take("when", str, "") or None,
        mark=table.mark(),
        label=table.take("label", str, ""),
        says=table.says(),
    )


def _activities(table: Table) -> tuple[str, ...]:
    found = table.texts("at")
    for activity in found:
        table.check("activity", activity, table.known.activities)
    return found
