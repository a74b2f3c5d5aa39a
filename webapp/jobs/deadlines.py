"""Sweep deadlines out of turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp import sweeping
from webapp.jobs import job


@job("sweep_deadlines")
def sweep_deadlines(_payload: Mapping[str, Any]) -> None:
    """Sweep once; the worker does so by itself, this is for whoever cannot wait."""
    sweeping.sweep()
