"""Devices not checked before use and clocks that were wrong: told, never a bar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from engine.commands.segments import Segment, Step, segment_of
from engine.rules.agreement import Finding, Matter
from engine.rules.coherence import checked_before
from storage.models import DeviceCheck, Recording

#: Recordings are declared to the minute, checks are noted to the second.
MINUTE = timedelta(minutes=1)


def notes(step: Step) -> Iterator[Finding]:
    """Yield what is told and does not bar the step: unchecked devices, wrong clocks."""
    asked, seen = step.asked.device_check, set[str]()
    for film in step.segments:
        if film.device in seen:
            continue
        seen.add(film.device)
        if film.clock_ahead:
            yield Finding(
                matter=Matter.CLOCK,
                cites=asked.cites,
                blocks=False,
                kind="ahead" if film.clock_ahead > 0 else "behind",
                device=film.device,
                have=abs(film.clock_ahead),
            )
        kind = _unchecked(step, film) if asked else ""
        if kind:
            yield Finding(
                matter=Matter.DEVICE,
                cites=asked.cites,
                blocks=False,
                kind=kind,
                device=film.device,
            )


def _unchecked(step: Step, film: Segment) -> str:
    """Say what is wrong with the check before this use; empty: nothing."""
    if film.device_id is None:
        return "not_registered"
    session = step.work.tx.session
    checks = session.scalars(
        select(DeviceCheck).where(DeviceCheck.device_id == film.device_id)
    ).all()
    earlier = session.scalars(
        select(Recording).where(
            Recording.device_id == film.device_id,
            Recording.task_id != step.work.the_task.id,
        )
    )
    ends = [segment_of(row).span.end for row in earlier]
    if not checked_before(film.span.start, [c.checked_at for c in checks], ends):
        return "not_checked"
    last = max(
        (c for c in checks if c.checked_at <= film.span.start + MINUTE),
        key=lambda c: c.checked_at,
    )
    if last.faults:
        return "faulty"
    missing = set(step.asked.checklist) - set(last.passed)
    return "incomplete" if missing else ""
