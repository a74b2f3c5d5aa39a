"""The field types that a form.toml may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from engine.rules.identity import CREDIT_CODE, ID_NUMBER
from forms.answers import (
    CreditCode,
    Day,
    IdNumber,
    Moment,
    Money,
    OneOf,
    Rows,
    Text,
    Whole,
    Yes,
)
from forms.elements import Element


@dataclass(frozen=True, kw_only=True)
class Making:
    """What a field is made from: its element, and how strict the form is."""

    element: Element
    draft: bool
    common: dict[str, Any]  #: keywords that every marshmallow field takes
    group: Callable[..., fields.Field[Any]]  #: makes one field of the columns


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """One type of field: how it is read, and its JSON Schema."""

    make: Callable[[Making], fields.Field[Any]]
    json: Mapping[str, Any]


def _text(making: Making) -> fields.Field[Any]:
    kinds = {"id_number": IdNumber, "credit_code": CreditCode}
    kind = kinds.get(making.element.type, Text)
    return kind(making.element, draft=making.draft, **making.common)


def _whole(making: Making) -> fields.Field[Any]:
    kind = Money if making.element.type == "money" else Whole
    return kind(making.element, **making.common)


def _time(making: Making) -> fields.Field[Any]:
    kind = Day if making.element.type == "date" else Moment
    return kind(**making.common)


def _yes(making: Making) -> fields.Field[Any]:
    return Yes(making.element, draft=making.draft, **making.common)


def _choice(making: Making) -> fields.Field[Any]:
    if not making.element.multiple:
        return OneOf(making.element, **making.common)
    inner = OneOf(making.element, error_messages=making.common["error_messages"])
    return Rows(inner, making.element, draft=making.draft, **making.common)


def _rows(making: Making) -> fields.Field[Any]:
    inner = making.group(error_messages=making.common["error_messages"])
    return Rows(inner, making.element, draft=making.draft, **making.common)


def _group(making: Making) -> fields.Field[Any]:
    return making.group(**making.common)


_TEXT = {"type": "string"}

#: Types whose answer is one group of parts, and those whose answer is a list of rows.
GROUPS = frozenset({"party", "refusal"})
ROWS = frozenset({"officers", "persons", "clauses", "items", "qa", "table"})

#: Every type that a form.toml may name.
TYPES: dict[str, FieldType] = {
    "text": FieldType(make=_text, json=_TEXT),
    "textarea": FieldType(make=_text, json=_TEXT),
    "id_number": FieldType(
        make=_text, json={**_TEXT, "pattern": f"^{ID_NUMBER.pattern}$"}
    ),
    "credit_code": FieldType(
        make=_text, json={**_TEXT, "pattern": f"^{CREDIT_CODE.pattern}$"}
    ),
    "date": FieldType(make=_time, json={**_TEXT, "format": "date"}),
    "datetime": FieldType(make=_time, json={**_TEXT, "format": "date-time"}),
    "integer": FieldType(make=_whole, json={"type": "integer"}),
    "money": FieldType(make=_whole, json={"type": "integer", "minimum": 0}),
    "boolean": FieldType(make=_yes, json={"type": "boolean"}),
    "choice": FieldType(make=_choice, json=_TEXT),
    **{name: FieldType(make=_rows, json={"type": "array"}) for name in sorted(ROWS)},
    **{
        name: FieldType(make=_group, json={"type": "object"}) for name in sorted(GROUPS)
    },
}
