"""Documents that no step asks for, and that may be written whenever they are needed."""

from __future__ import annotations

from engine.commands.work import Work
from forms import registry
from forms.definition import FormDefinition
from storage.vocabulary import TaskKind


def others(work: Work) -> list[FormDefinition]:
    """Return the documents that may be begun at a step though it asks for none."""
    if work.the_task.kind is not TaskKind.USER:
        return []
    return [each for each in registry.all() if each.code not in work.pinned.homes]
