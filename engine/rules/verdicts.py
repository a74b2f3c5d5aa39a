"""What a gate looks at, and what it answers: records, lines, the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from engine.rules.locks import LockFact
from engine.rules.requirements import Requirement
from storage.vocabulary import RecordForm, RecordingStatus, WaiverStatus


class LineState(StrEnum):
    """Where one requirement stands."""

    SATISFIED = "satisfied"
    MISSING = "missing"
    OWED = "owed"
    WAIVED = "waived"
    UNDECIDED = "undecided"
    OPTIONAL = "optional"


class Why(StrEnum):
    """Why a requirement stands where it does."""

    PRESENT = "present"
    ABSENT = "absent"
    TOO_FEW = "too_few"
    NOT_PREPARED = "not_prepared"
    NOT_SIGNED = "not_signed"
    NOT_FINAL = "not_final"
    NOT_DEPOSITED = "not_deposited"
    NOT_YET_DUE = "not_yet_due"
    NOT_JUDGED = "not_judged"
    JUDGED_UNNEEDED = "judged_unneeded"
    NOT_ASKED = "not_asked"
    WAIVER_GRANTED = "waiver_granted"
    WAIVER_REQUESTED = "waiver_requested"
    NOT_REMEDIED = "not_remedied"


class WayOut(StrEnum):
    """What somebody can do about it."""

    DRAFT_DOCUMENT = "draft_document"
    PREPARE_DOCUMENT = "prepare_document"
    SIGN = "sign"
    DECLARE_RECORDING = "declare_recording"
    UPLOAD = "upload"
    LINK_DATA = "link_data"
    JUDGE = "judge"
    WAIVE = "waive"
    DECIDE_WAIVER = "decide_waiver"
    NOTE_REMEDY = "note_remedy"


@dataclass(frozen=True, kw_only=True)
class RecordFact:
    """What a gate needs to know of one record."""

    id: UUID
    form: RecordForm
    code: str  #: document code, or medium
    task_id: UUID | None
    scope: str  #: the instance of the process in which it was made
    status: str
    signed_by: frozenset[str] = frozenset()  #: roles whose every slot is filled
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deposited: bool = False
    due_at: datetime | None = None  #: last moment for the deposit

    @property
    def is_owed(self) -> bool:
        """Say whether a recording was declared whose bytes are not in store."""
        return (
            self.form is RecordForm.RECORDING
            and not self.deposited
            and self.status == RecordingStatus.DECLARED
        )


@dataclass(frozen=True)
class Judged:
    """Somebody's answer to whether a conditional record is necessary."""

    requirement: str
    needed: bool
    reason: str = ""


@dataclass(frozen=True)
class Waived:
    """A request to go on without a record, and what became of it."""

    requirement: str
    status: WaiverStatus
    task_id: UUID | None = None  #: the step it was asked for at; None: this one
    ground: str = ""
    after: bool = False  #: whether it is reviewed once the act is over


@dataclass(frozen=True)
class Remedy:
    """A record that a step which is over should have had; somebody is to answer it."""

    requirement: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One requirement, where it stands, and the way out."""

    requirement: Requirement
    state: LineState
    why: Why
    cites: tuple[str, ...]
    ways_out: tuple[WayOut, ...] = ()
    have: int = 0
    records: tuple[UUID, ...] = ()
    unsigned: tuple[str, ...] = ()  #: roles that have yet to sign
    reason: str = ""  #: the reason given with a judgement
    due_at: datetime | None = None
    overdue: bool = False

    def facts(self) -> dict[str, Any]:
        """Return the line as plain values."""
        return {
            "requirement": self.requirement.key,
            "form": self.requirement.form.value,
            "codes": list(self.requirement.codes),
            "level": self.requirement.level.value,
            "source": self.requirement.source,
            "state": self.state.value,
            "why": self.why.value,
            "have": self.have,
            "need": self.requirement.count,
            "records": [str(record) for record in self.records],
            "unsigned": list(self.unsigned),
            "reason": self.reason,
            "ways_out": [way.value for way in self.ways_out],
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "overdue": self.overdue,
            "cites": list(self.cites),
        }


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Every line of a gate, and whether it lets the step complete."""

    lines: tuple[Line, ...]
    checkpoint: bool = False
    deposits: bool = True  #: False: a checkpoint lets through what is not deposited
    locks: tuple[LockFact, ...] = ()  #: what keeps the step shut, whatever there is

    @property
    def blocking(self) -> tuple[Line, ...]:
        """Return the lines that keep the gate shut."""
        return tuple(line for line in self.lines if self._shuts(line))

    @property
    def open(self) -> bool:
        """Say whether the step may complete."""
        return not self.blocking and not self.locks

    def of(self, state: LineState) -> tuple[Line, ...]:
        """Return the lines in one state."""
        return tuple(line for line in self.lines if line.state is state)

    def _shuts(self, line: Line) -> bool:
        if line.state is LineState.OWED:
            # What is owed beyond its time is no longer lawfully owed.
            waits = self.deposits or line.why is not Why.NOT_DEPOSITED
            return (self.checkpoint and waits) or line.overdue
        return line.state in {LineState.MISSING, LineState.UNDECIDED}
