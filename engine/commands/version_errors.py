"""Why versions of a process stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class MigrationRunning(Refusal):
    """Cases of this process are being migrated already."""

    process: str
    migration: str
    code: ClassVar[str] = "migration_running"


@dataclass(eq=False)
class LastVersion(Refusal):
    """No version would be left under which a case could begin."""

    process: str
    number: int
    code: ClassVar[str] = "last_version"
