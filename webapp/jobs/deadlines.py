"""Sweep deadlines out of turn, and count them anew by a new calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.commands.new_calendar import RECOUNT_JOB
from webapp import sweeping
from webapp.jobs import job


@job("sweep_deadlines")
def sweep_deadlines(_payload: Mapping[str, Any]) -> None:
    """Sweep once; the worker does so by itself, this is for whoever cannot wait."""
    sweeping.sweep()


@job(RECOUNT_JOB)
def recount_deadlines(_payload: Mapping[str, Any]) -> None:
    """Move what a new calendar moves; again, it moves nothing."""
    sweeping.recount()
