"""What the case already knows is not asked again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from forms.answers import ZONE
from storage.digest import plain

if TYPE_CHECKING:
    from forms.definition import FormDefinition


def prefill(definition: FormDefinition, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first answers of a new draft, looked up in *context*.

    A field whose path leads nowhere is left out: the officer fills it in. Where a
    day is asked for, an instant gives its day in Shanghai.
    """
    found: dict[str, Any] = {}
    for element in definition.fields:
        value = lookup(context, element.prefill) if element.prefill else None
        if value is None:
            continue
        value = plain(value)
        found[element.name] = _day(value) if element.type == "date" else value
    return found


def lookup(context: Mapping[str, Any], path: str) -> Any:
    """Return what the dotted *path* leads to, or None."""
    value: Any = context
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def named(
    definition: FormDefinition,
    answers: Mapping[str, Any],
    people: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Return *answers* with the names and certificates of the people they mention.

    *people* maps a person's id to ``name`` and ``certificate``; the agency's register
    wins over what was entered, and somebody it does not know is left as entered.
    """
    lists = {e.name for e in definition.fields if e.type in {"officers", "persons"}}
    return {
        name: _named(value, people) if name in lists else value
        for name, value in answers.items()
    }


def _named(rows: Any, people: Mapping[str, Mapping[str, str]]) -> Any:
    if not isinstance(rows, list):
        return rows
    rows = [{"id": row} if isinstance(row, str) else row for row in rows]
    return [{**row, **people.get(row.get("id", ""), {})} for row in rows]


def _day(value: Any) -> Any:
    if not isinstance(value, str) or "T" not in value:
        return value
    moment = datetime.fromisoformat(value)
    return (moment.astimezone(ZONE) if moment.tzinfo else moment).date().isoformat()
