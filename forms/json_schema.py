"""The JSON Schema of a form, for programs that fill it in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from forms.elements import Element
from forms.fields import GROUPS, ROWS, TYPES

#: Our bounds and their keywords in JSON Schema.
KEYWORDS = (
    ("min_length", "minLength"),
    ("max_length", "maxLength"),
    ("minimum", "minimum"),
    ("maximum", "maximum"),
    ("min_items", "minItems"),
    ("max_items", "maxItems"),
)


def json_schema(elements: Collection[Element], *, title: str = "") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a group of fields.

    Conditions between fields are left to the form itself: a conditional field is
    never listed as required.
    """
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {element.name: _property(element) for element in elements},
        "additionalProperties": False,
    }
    required = [e.name for e in elements if e.required and not e.conditional]
    if required:
        schema["required"] = required
    if title:
        schema["title"] = title
    return schema


def _property(element: Element) -> dict[str, Any]:
    schema: dict[str, Any] = dict(TYPES[element.type].json)
    if element.type in GROUPS:
        schema = json_schema(element.columns)
    if element.type in ROWS:
        schema["items"] = json_schema(element.columns)
    if element.type == "choice":
        schema["enum"] = [choice.value for choice in element.choices]
        if element.multiple:
            schema = {"type": "array", "items": schema, "uniqueItems": True}
    if element.must_be is not None:
        schema["const"] = element.must_be
    for attribute, keyword in KEYWORDS:
        bound = getattr(element, attribute)
        if bound is not None:
            schema[keyword] = bound
    return {"title": element.label.zh, **schema}
