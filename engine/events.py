"""What can happen, as tags ``subject.past_participle`` of the event chain."""

from __future__ import annotations

from enum import StrEnum


class EventTag(StrEnum):
    """The kind of one event."""

    CASE_OPENED = "case.opened"
    TASK_CLAIMED = "task.claimed"
    TASK_RELEASED = "task.released"
    TASK_REASSIGNED = "task.reassigned"
    TASK_COMPLETED = "task.completed"
    DOCUMENT_DRAFTED = "document.drafted"
    DOCUMENT_REVISED = "document.revised"
    DOCUMENT_PREPARED = "document.prepared"
    DOCUMENT_SIGNED = "document.signed"
    DOCUMENT_DISCARDED = "document.discarded"
    DOCUMENT_RENDERED = "document.rendered"
    RECORDING_DECLARED = "recording.declared"
    RECORDING_DEPOSITED = "recording.deposited"
    NECESSITY_JUDGED = "necessity.judged"
    CASE_FLAGGED = "case.flagged"
    REMEDY_NOTED = "remedy.noted"
    WAIVER_REQUESTED = "waiver.requested"
    WAIVER_DECIDED = "waiver.decided"
    CAPACITY_ASSIGNED = "capacity.assigned"
    RECUSAL_REQUESTED = "recusal.requested"
    RECUSAL_DECIDED = "recusal.decided"
    FACT_CORRECTED = "fact.corrected"
    DEADLINE_EXTENDED = "deadline.extended"
    DEADLINE_DEDUCTED = "deadline.deducted"
    DEADLINE_RECOUNTED = "deadline.recounted"
    DEADLINE_WARNED = "deadline.warned"
    DEADLINE_FIRED = "deadline.fired"
    DEADLINE_OVERDUE = "deadline.overdue"
    PROCESS_PUBLISHED = "process.published"
    PACK_PUBLISHED = "pack.published"
