"""Carry many cases over to another version, a slice at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.commands.migrations import MIGRATE_JOB
from webapp import migrating
from webapp.jobs import job


@job(MIGRATE_JOB)
def migrate_cases(payload: Mapping[str, Any]) -> None:
    """Go on with a migration; again, it moves nothing that has gone over."""
    migrating.go_on(UUID(payload["migration_id"]))
