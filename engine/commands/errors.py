"""Why a command may be refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class CaseClosed(Refusal):
    """Expected an open case, but this one has ended or is suspended."""

    number: str
    status: str
    code: ClassVar[str] = "case_closed"


@dataclass(eq=False)
class TaskClosed(Refusal):
    """Expected an open task, but it is already done or cancelled."""

    task: str
    status: str
    closed_at: datetime | None
    code: ClassVar[str] = "task_closed"


@dataclass(eq=False)
class NotYours(Refusal):
    """Expected somebody of the right capacity, but the actor is not."""

    task: str
    capacity: str
    held_by: str | None  #: login of the holder, none if nobody holds it
    code: ClassVar[str] = "not_yours"


@dataclass(eq=False)
class MatterReserved(Refusal):
    """The rules reserve this matter to posts that the actor does not hold."""

    task: str
    capacity: str
    posts: list[str]
    cites: list[str]
    code: ClassVar[str] = "matter_reserved"


@dataclass(eq=False)
class Recused(Refusal):
    """The actor was recused from this case and may neither see nor touch it."""

    number: str
    code: ClassVar[str] = "recused"


@dataclass(eq=False)
class StaleForm(Refusal):
    """Expected the newest state, but somebody changed it since it was shown."""

    expected: int
    actual: int
    code: ClassVar[str] = "stale_form"


@dataclass(eq=False)
class GateClosed(Refusal):
    """Records that the law asks for at this step are missing."""

    task: str
    missing: list[dict[str, Any]]
    cites: list[str]
    code: ClassVar[str] = "gate_closed"


@dataclass(eq=False)
class StepLocked(Refusal):
    """Something unsettled keeps this step shut until it is decided on."""

    task: str
    by: list[dict[str, Any]]
    cites: list[str]
    code: ClassVar[str] = "step_locked"


@dataclass(eq=False)
class ClockFixed(Refusal):
    """Nobody may extend, deduct from, suspend or correct this deadline."""

    deadline: str
    due_at: datetime
    cites: list[str]
    code: ClassVar[str] = "clock_fixed"


@dataclass(eq=False)
class ClockRunning(Refusal):
    """A second clock of this kind would begin while the first is unsettled."""

    deadline: str
    since: datetime
    due_at: datetime
    cites: list[str]
    code: ClassVar[str] = "clock_running"


@dataclass(eq=False)
class GuardClosed(Refusal):
    """A precondition that the law sets for this step does not hold."""

    guard: str
    task: str
    cites: list[str]
    code: ClassVar[str] = "guard_closed"


@dataclass(eq=False)
class OutcomeUnknown(Refusal):
    """Expected one of the step's outcomes, but got something else."""

    outcome: str | None
    choices: list[str]
    code: ClassVar[str] = "outcome_unknown"


@dataclass(eq=False)
class BadMoment(Refusal):
    """An act cannot lie before its case began, nor in the future."""

    field: str
    moment: datetime
    earliest: datetime
    latest: datetime
    code: ClassVar[str] = "bad_moment"


@dataclass(eq=False)
class DocumentNotDue(Refusal):
    """This document belongs to a step that is not open now."""

    document: str
    steps: list[str]
    waiting_for: list[dict[str, Any]]
    code: ClassVar[str] = "document_not_due"


@dataclass(eq=False)
class SignatureRefused(Refusal):
    """This signature does not fit a free slot of the document."""

    document: str
    role: str
    reason: str
    code: ClassVar[str] = "signature_refused"


@dataclass(eq=False)
class WaiverRefused(Refusal):
    """The authority's rules know no such exception for this record."""

    requirement: str
    ground: str
    grounds: list[str]
    cites: list[str]
    code: ClassVar[str] = "waiver_refused"


@dataclass(eq=False)
class NotAllowed(Refusal):
    """The actor does not hold a post that may do this, by these clauses."""

    act: str
    posts: list[str]
    cites: list[str]
    code: ClassVar[str] = "not_allowed"


@dataclass(eq=False)
class UnknownAct(Refusal):
    """There is no such act, or it does not take this parameter."""

    act: str
    parameter: str | None
    code: ClassVar[str] = "unknown_act"


@dataclass(eq=False)
class BadDiagram(Refusal):
    """The diagram cannot be published; each finding names element and mend."""

    process: str
    findings: list[dict[str, Any]]
    code: ClassVar[str] = "bad_diagram"


@dataclass(eq=False)
class ObjectMismatch(Refusal):
    """The bytes are not what was announced, or not stored."""

    expected: str
    actual: str
    code: ClassVar[str] = "object_mismatch"


@dataclass(eq=False)
class UnreadableFile(Refusal):
    """Expected a whole file of a known type, but it is not."""

    reason: str
    media_type: str | None
    code: ClassVar[str] = "unreadable_file"


@dataclass(eq=False)
class DelayRefused(Refusal):
    """The authority's rules know no such situation in which a file may come later."""

    situation: str
    situations: list[str]
    cites: list[str]
    code: ClassVar[str] = "delay_refused"


@dataclass(eq=False)
class NotExtendable(Refusal):
    """The law allows no extension of this deadline, or not so long a one."""

    deadline: str
    most: int
    so_far: int
    cites: list[str]
    code: ClassVar[str] = "not_extendable"


@dataclass(eq=False)
class ExtendedAlready(Refusal):
    """The law allows this deadline to be extended so often, and it has been."""

    deadline: str
    times: int
    cites: list[str]
    code: ClassVar[str] = "extended_already"


@dataclass(eq=False)
class NotDeductible(Refusal):
    """The law does not leave days out of this deadline on this ground."""

    deadline: str
    ground: str
    grounds: list[str]
    cites: list[str]
    code: ClassVar[str] = "not_deductible"


@dataclass(eq=False)
class NotToldInWriting(Refusal):
    """Days count as left out only when a document of their own told the party."""

    deadline: str
    ground: str
    reason: str  #: missing, not_final or used
    cites: list[str]
    code: ClassVar[str] = "not_told_in_writing"


@dataclass(eq=False)
class TimerPending(Refusal):
    """A term has run out and its effect on the case has not taken place yet."""

    deadline: str
    due_at: datetime
    drawn: str = ""  #: what the diagram calls a timer of its own
    code: ClassVar[str] = "timer_pending"


@dataclass(eq=False)
class TimesDisagree(Refusal):
    """What was written down is not covered by what was recorded."""

    task: str
    document: str
    media: list[str]
    kind: str  #: no_recording, starts_late, ends_early, gap, begins_before, ends_after
    start: datetime
    end: datetime
    cites: list[str]
    code: ClassVar[str] = "times_disagree"


@dataclass(eq=False)
class OfficerNotCovered(Refusal):
    """An officer was there whose own recordings do not cover the act."""

    task: str
    officer: str
    kind: str  #: as of TimesDisagree
    start: datetime
    end: datetime
    cites: list[str]
    code: ClassVar[str] = "officer_not_covered"


@dataclass(eq=False)
class OneAtATime(Refusal):
    """Two people were interviewed at the same time, in one place or by one officer."""

    task: str
    start: datetime
    end: datetime
    cites: list[str]
    code: ClassVar[str] = "one_at_a_time"


@dataclass(eq=False)
class NotReturnable(Refusal):
    """A case does not go back to this step from here; *reason* says why.

    ``not_on_path``: it was not done on the way here. ``no_return``: what a step after
    it brought about has left the agency. ``locked``: an emergency is unsettled.
    """

    task: str
    step: str
    reason: str
    bar: str | None  #: the step that bars it
    code: ClassVar[str] = "not_returnable"


@dataclass(eq=False)
class NextHasActed(Refusal):
    """Somebody has acted on what this step brought about, or has taken it on."""

    task: str
    next: str
    by: str | None
    code: ClassVar[str] = "next_has_acted"


@dataclass(eq=False)
class StillDelegated(Refusal):
    """Who was asked to help gives the step back; who asked completes it."""

    task: str
    delegator: str
    code: ClassVar[str] = "still_delegated"


@dataclass(eq=False)
class CosignersSilent(Refusal):
    """Somebody whose opinion was asked for has not given it yet."""

    task: str
    waiting: int
    code: ClassVar[str] = "cosigners_silent"


@dataclass(eq=False)
class StatutoryPanel(Refusal):
    """The law says who sits here: nobody is added, removed or stood in for."""

    task: str
    capacity: str
    code: ClassVar[str] = "statutory_panel"


@dataclass(eq=False)
class OneVoice(Refusal):
    """Nobody speaks twice in one sitting, not even for somebody else."""

    task: str
    code: ClassVar[str] = "one_voice"


@dataclass(eq=False)
class OwnVoice(Refusal):
    """A member's voice is given once, and is nobody else's."""

    task: str
    code: ClassVar[str] = "own_voice"


@dataclass(eq=False)
class SelfAppointment(Refusal):
    """Nobody delegates to, asks or stands in for themselves."""

    act: str
    code: ClassVar[str] = "self_appointment"
