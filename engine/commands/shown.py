"""A case as it was shown: who decides on it sees what it has become meanwhile."""

from __future__ import annotations

from engine.commands.work import Work, check_version


def as_shown(work: Work, version: int | None) -> None:
    """Refuse a form that was shown before the case moved on; raises StaleForm.

    A case is another version after each move of its diagram, and after each decision
    on it as a whole: who acts in it, its terms, its standing still.
    """
    check_version(version, work.case.lock_version)


def moves_on(work: Work) -> None:
    """Make the case another version: what was shown of it before is stale."""
    work.case.lock_version += 1
