"""The record gate: what is asked for, against what there is.

Two phases: a recording counts at its step once it is declared, and is owed until
its bytes are deposited; a checkpoint lets nothing through that is still owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from engine.rules.deadlines import is_overdue
from engine.rules.locks import LockFact
from engine.rules.requirements import Requirement, merge_held
from engine.rules.verdicts import (
    Judged,
    Line,
    LineState,
    RecordFact,
    Remedy,
    Verdict,
    Waived,
    WayOut,
    Why,
)
from storage.vocabulary import (
    DocumentStatus,
    DueAt,
    Level,
    RecordForm,
    RecordingStatus,
    WaiverStatus,
)

__all__ = [
    "Judged",
    "Line",
    "LineState",
    "RecordFact",
    "Remedy",
    "Verdict",
    "Waived",
    "WayOut",
    "Why",
    "evaluate",
    "owed",
]

_DEAD = frozenset(
    {
        DocumentStatus.SUPERSEDED.value,
        DocumentStatus.DISCARDED.value,
        RecordingStatus.QUARANTINED.value,
    }
)
_FROZEN = frozenset({DocumentStatus.PREPARED.value, DocumentStatus.FINAL.value})

_MAKE = {
    RecordForm.DOCUMENT: WayOut.DRAFT_DOCUMENT,
    RecordForm.RECORDING: WayOut.DECLARE_RECORDING,
    RecordForm.DATA: WayOut.LINK_DATA,
}


def evaluate(
    requirements: Iterable[Requirement],
    *,
    task_id: UUID,
    scope: str,
    records: Sequence[RecordFact],
    judgements: Iterable[Judged],
    waivers: Iterable[Waived],
    now: datetime,
    checkpoint: bool = False,
    deposits: bool = True,
    outer: frozenset[str] = frozenset(),
    locks: tuple[LockFact, ...] = (),
    remedies: Iterable[Remedy] = (),
) -> Verdict:
    """Hold what there is against what is asked for at one task.

    Args:
        requirements: those whose conditions hold; each record once or oftener.
        task_id: the task whose gate it is.
        scope: the instance of the process that the task belongs to.
        records: every record of the case, oldest first.
        judgements: answers given at this task.
        waivers: requests made at this task, and those of other steps that somebody
            has yet to review; oldest first.
        now: the moment at which a deposit is overdue or not.
        checkpoint: whether nothing at all may be owed in the case.
        deposits: whether a checkpoint waits for recordings that are not overdue (d-04).
        outer: further scopes whose records are carried into this one.
        locks: what keeps the task shut.
        remedies: what steps that are over should have had, unanswered.
    """
    needed = {judged.requirement: judged for judged in judgements}
    requests = tuple(waivers)
    waived = {w.requirement: w for w in requests if w.task_id in {None, task_id}}
    lines: list[Line] = []
    for asked in merge_held(requirements):
        found = [
            record
            for record in records
            if _fits(record, asked) and _counts_at(record, asked, task_id, scope, outer)
        ]
        line = _line(asked, found, now)
        if line.state is LineState.MISSING:
            line = _excuse(line, needed.get(asked.key), waived.get(asked.key))
        lines.append(line)
    if checkpoint:
        shown = {record for line in lines for record in line.records}
        lines += (
            _owed_line(record, now)
            for record in records
            if record.is_owed and record.id not in shown
        )
        lines += (
            _open_line(waiver.requirement, Why.WAIVER_REQUESTED, WayOut.DECIDE_WAIVER)
            for waiver in requests
            if waiver.after
            and waiver.task_id not in {None, task_id}
            and waiver.status is WaiverStatus.REQUESTED
        )
        lines += (
            _open_line(
                each.requirement, Why.NOT_REMEDIED, WayOut.NOTE_REMEDY, each.cites
            )
            for each in remedies
        )
    return Verdict(
        lines=tuple(lines), checkpoint=checkpoint, deposits=deposits, locks=locks
    )


def owed(records: Iterable[RecordFact], now: datetime) -> tuple[Line, ...]:
    """Return a line for each recording that is declared but not deposited."""
    return tuple(_owed_line(record, now) for record in records if record.is_owed)


def _fits(record: RecordFact, asked: Requirement) -> bool:
    return (
        record.form is asked.form
        and record.code in asked.codes
        and record.status not in _DEAD
    )


def _counts_at(
    record: RecordFact,
    asked: Requirement,
    task_id: UUID,
    scope: str,
    outer: frozenset[str],
) -> bool:
    if record.task_id == task_id:
        return True
    return asked.carried and (record.scope == scope or record.scope in outer)


def _line(asked: Requirement, found: list[RecordFact], now: datetime) -> Line:
    if asked.form is RecordForm.DOCUMENT:
        return _document_line(asked, found)
    if len(found) < asked.count:
        return _too_few(asked, found)
    late = [record for record in found if record.is_owed]
    if late:
        return _owing(asked, found, late, now)
    return _satisfied(asked, found)


def _document_line(asked: Requirement, found: list[RecordFact]) -> Line:
    if asked.carried:
        found = found[-asked.count :]  # the latest speak for all before them
    good = [record for record in found if not _lacks(record, asked)]
    if len(good) >= asked.count:
        return _satisfied(asked, good)
    if len(found) < asked.count:
        return _too_few(asked, found)
    worst = next(record for record in reversed(found) if record not in good)
    why, way = _lacks(worst, asked) or (Why.ABSENT, WayOut.DRAFT_DOCUMENT)
    roles = (*asked.signed_by, *asked.besides)
    unsigned = tuple(role for role in roles if role not in worst.signed_by)
    return Line(
        requirement=asked,
        state=LineState.MISSING,
        why=why,
        cites=asked.cites,
        ways_out=(way, *_waivable(asked)),
        have=len(good),
        records=tuple(record.id for record in found),
        unsigned=unsigned if why is Why.NOT_SIGNED else (),
    )


def _lacks(record: RecordFact, asked: Requirement) -> tuple[Why, WayOut] | None:
    if record.status not in _FROZEN:
        return Why.NOT_PREPARED, WayOut.PREPARE_DOCUMENT
    if asked.must_be_final and record.status != DocumentStatus.FINAL:
        return Why.NOT_FINAL, WayOut.SIGN
    if not record.signed_by.issuperset((*asked.signed_by, *asked.besides)):
        return Why.NOT_SIGNED, WayOut.SIGN
    return None


def _satisfied(asked: Requirement, found: list[RecordFact]) -> Line:
    return Line(
        requirement=asked,
        state=LineState.SATISFIED,
        why=Why.PRESENT,
        cites=asked.cites,
        have=len(found),
        records=tuple(record.id for record in found),
    )


def _too_few(asked: Requirement, found: list[RecordFact]) -> Line:
    later = asked.due is DueAt.DEPOSIT
    return Line(
        requirement=asked,
        state=LineState.OWED if later else LineState.MISSING,
        why=Why.NOT_YET_DUE if later else Why.TOO_FEW if found else Why.ABSENT,
        cites=asked.cites,
        ways_out=(_MAKE[asked.form], *_waivable(asked)),
        have=len(found),
        records=tuple(record.id for record in found),
    )


def _owing(
    asked: Requirement, found: list[RecordFact], late: list[RecordFact], now: datetime
) -> Line:
    ends = [record.due_at for record in late if record.due_at is not None]
    due_at = min(ends, default=None)
    return Line(
        requirement=asked,
        state=LineState.OWED,
        why=Why.NOT_DEPOSITED,
        cites=asked.cites,
        ways_out=(WayOut.UPLOAD,),
        have=len(found) - len(late),
        records=tuple(record.id for record in found),
        due_at=due_at,
        overdue=due_at is not None and is_overdue(due_at, now),
    )


def _owed_line(record: RecordFact, now: datetime) -> Line:
    asked = Requirement(
        key=f"{record.form}:{record.code}",
        form=record.form,
        codes=(record.code,),
        level=Level.MANDATORY,
        due=DueAt.DEPOSIT,
        source="checkpoint",
    )
    return _owing(asked, [record], [record], now)


def _open_line(key: str, why: Why, way: WayOut, cites: tuple[str, ...] = ()) -> Line:
    """Return what an earlier step left open about one of its records."""
    form, _, codes = key.partition(":")
    asked = Requirement(
        key=key,
        form=RecordForm(form),
        codes=tuple(codes.split("|")),
        level=Level.MANDATORY,
        source="checkpoint",
        cites=cites,
    )
    return Line(
        requirement=asked,
        state=LineState.OWED,
        why=why,
        cites=cites,
        ways_out=(way,),
    )


def _excuse(line: Line, judged: Judged | None, waiver: Waived | None) -> Line:
    asked = line.requirement
    if asked.level in {Level.OPTIONAL, Level.EXEMPT}:
        return _restate(line, LineState.OPTIONAL, Why.NOT_ASKED, line.ways_out[:1])
    if asked.level is Level.CONDITIONAL:
        if judged is None:
            ways = (WayOut.JUDGE, *line.ways_out)
            return _restate(line, LineState.UNDECIDED, Why.NOT_JUDGED, ways)
        if not judged.needed:
            ways = line.ways_out[:1]
            why = Why.JUDGED_UNNEEDED
            return _restate(line, LineState.OPTIONAL, why, ways, judged.reason)
    if waiver is None or waiver.status is WaiverStatus.REFUSED:
        return line
    if waiver.status is WaiverStatus.APPROVED:
        return _restate(line, LineState.WAIVED, Why.WAIVER_GRANTED, ())
    ways = (line.ways_out[0], WayOut.DECIDE_WAIVER)
    state = LineState.OWED if waiver.after else LineState.MISSING
    return _restate(line, state, Why.WAIVER_REQUESTED, ways)


def _restate(
    line: Line,
    state: LineState,
    why: Why,
    ways_out: tuple[WayOut, ...],
    reason: str = "",
) -> Line:
    return replace(
        line, state=state, why=why, ways_out=ways_out, unsigned=(), reason=reason
    )


def _waivable(asked: Requirement) -> tuple[WayOut, ...]:
    return (WayOut.WAIVE,) if asked.waiver is not None else ()
