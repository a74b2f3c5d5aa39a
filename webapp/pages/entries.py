"""What somebody typed into the form of a document, as the form's own structure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from forms.elements import Element
from forms.fields import GROUPS, ROWS
from storage.models import Person

#: Rows whose entries are people, chosen from a list.
PEOPLE = frozenset({"officers", "persons"})
#: A button that changes the number of rows: ``add:<field>``, ``drop:<field>:<row>``.
ROW_BUTTON = re.compile(r"(add|drop):([a-z0-9_]+)(?::(\d+))?")


def read(
    elements: Iterable[Element], form: MultiDict[str, str], people: Iterable[Person]
) -> dict[str, Any]:
    """Return the answers in *form*; what was left empty is left out."""
    by_id = {str(person.id): person for person in people}
    answers = {
        element.name: _value(element, form, element.name, by_id) for element in elements
    }
    return {name: value for name, value in answers.items() if value not in (None, "")}


def press(elements: Sequence[Element], answers: dict[str, Any], button: str) -> str:
    """Add or drop a row as *button* says; returns the field's name, or nothing."""
    found = ROW_BUTTON.fullmatch(button)
    names = {element.name for element in elements if element.type in ROWS - PEOPLE}
    if found is None or found[2] not in names:
        return ""
    rows = list(answers.get(found[2]) or [])
    if found[1] == "add":
        rows.append({})
    elif found[3] and int(found[3]) < len(rows):
        del rows[int(found[3])]
    answers[found[2]] = rows
    return found[2]


def _value(
    element: Element,
    form: MultiDict[str, str],
    key: str,
    people: Mapping[str, Person],
) -> Any:
    if element.type in PEOPLE:
        return [_person(people[each]) for each in form.getlist(key) if each in people]
    if element.type in GROUPS:
        return _parts(element.columns, form, key, people)
    if element.type in ROWS:
        count = form.get(f"{key}.count", 0, type=int)
        rows = (
            _parts(element.columns, form, f"{key}.{place}", people)
            for place in range(min(count, 500))
        )
        return [row for row in rows if row]
    if element.multiple:
        return form.getlist(key)
    return form.get(key)


def _parts(
    columns: Iterable[Element],
    form: MultiDict[str, str],
    key: str,
    people: Mapping[str, Person],
) -> dict[str, Any]:
    parts = {
        column.name: _value(column, form, f"{key}.{column.name}", people)
        for column in columns
    }
    return {name: value for name, value in parts.items() if value not in (None, "", [])}


def _person(person: Person) -> dict[str, Any]:
    found = {
        "id": str(person.id),
        "name": person.name,
        "certificate": person.certificate,
    }
    return {name: value for name, value in found.items() if value}


def flat(
    elements: Iterable[Element], errors: Any, key: str = ""
) -> list[tuple[str, Any, list[Any]]]:
    """Return what is wrong as (field id, label trail, complaints), in form order."""
    if not isinstance(errors, Mapping):
        return []
    found: list[tuple[str, Any, list[Any]]] = []
    for element in elements:
        wrong = errors.get(element.name)
        if not wrong:
            continue
        name = f"{key}{element.name}"
        if isinstance(wrong, list):
            found.append((name, [element.label], wrong))
        elif element.type in GROUPS:
            found += [
                (n, [element.label, *ls], w)
                for n, ls, w in flat(element.columns, wrong, f"{name}.")
            ]
        else:
            for place, inner in sorted(wrong.items(), key=lambda pair: int(pair[0])):
                found += _of_row(element, inner, name, int(place))
    return found


def _of_row(
    element: Element, wrong: Any, name: str, place: int
) -> list[tuple[str, Any, list[Any]]]:
    number = str(place + 1)
    if isinstance(wrong, list):
        return [(name, [element.label, number], wrong)]
    return [
        (key, [element.label, number, *labels], complaints)
        for key, labels, complaints in flat(element.columns, wrong, f"{name}.{place}.")
    ]
