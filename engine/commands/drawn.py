"""Timers that a diagram itself draws: what they are called, when they count again."""

from __future__ import annotations

from datetime import datetime

from engine.bpmn.model import Node
from engine.commands.work import Work
from engine.runtime.instance import OpenTask
from storage.models import Task


def drawn_name(work: Work, code: str) -> str:
    """Return what the diagram calls a timer of its own; empty: it is another term."""
    term = work.pinned.bundle.terms.get(code)
    return term.label if term is not None else ""


def interval_begins(
    work: Work, node: Node, task: Task | OpenTask | None
) -> datetime | None:
    """Return where the next interval begins; None: the timer has not been due yet.

    Late sweeps do not add up: each interval begins where the last one ended.
    """
    again = isinstance(task, OpenTask) and task.fired
    if not again or node.timer is None or work.was_due is None:
        return None
    return node.timer.next_since(work.was_due, work.tx.now)
