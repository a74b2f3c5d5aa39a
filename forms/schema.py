"""From the fields of a form to a marshmallow schema with the rules between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validates_schema,
)
from marshmallow.experimental.context import Context

from forms.answers import Complaint
from forms.elements import Element
from forms.fields import TYPES, Making

#: marshmallow's own messages, as codes.
CODES = {
    "required": "required",
    "null": "required",
    "validator_failed": "invalid",
    "invalid": "invalid",
    "type": "invalid",
}

#: What the case knows and a condition may ask for: ``with Facts({...})``.
Facts = Context[Mapping[str, Any]]


def tidy(value: Any) -> Any:
    """Return what was entered without empty answers and surrounding blanks."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, Mapping):
        parts = {key: tidy(item) for key, item in value.items()}
        return {key: item for key, item in parts.items() if item is not None} or None
    if isinstance(value, list | tuple):
        rows = [tidy(item) for item in value]
        return [row for row in rows if row is not None] or None
    return value


def holds(
    condition: Mapping[str, tuple[Any, ...]],
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> bool:
    """Return whether every key of *condition* has one of the values it names."""
    return all(
        answers.get(key, facts.get(key)) in values for key, values in condition.items()
    )


class Answers(Schema):
    """What one form, one group or one row holds."""

    elements: ClassVar[tuple[Element, ...]]
    draft: ClassVar[bool]

    error_messages = {  # noqa: RUF012 -- marshmallow declares it on the instance
        "unknown": "unknown",
        "type": "invalid",
    }

    class Meta:
        """Nothing that the form does not ask for is taken."""

        unknown = RAISE

    @pre_load
    def _tidied(self, data: Any, **_: Any) -> Any:
        return (tidy(data) or {}) if isinstance(data, Mapping) else data

    @validates_schema(skip_on_field_errors=False)
    def _between(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what single fields cannot see."""
        if self.draft:
            return
        facts = Facts.get(default={})
        errors: dict[str, list[Complaint]] = {}
        for element in self.elements:
            value = data.get(element.name)
            if (
                element.conditional
                and value is None
                and element.name in self.asked(data, facts)
            ):
                errors[element.name] = [Complaint("required")]
            for code, other in (
                ("after", element.after),
                ("not_before", element.not_before),
            ):
                base = data.get(other) if other else None
                if value is None or base is None:
                    continue
                if value < base or (code == "after" and value == base):
                    errors[element.name] = [Complaint(code, other=other)]
        if errors:
            raise ValidationError(dict(errors))

    @post_load
    def _shown(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out what is not asked for under the other answers."""
        if self.draft:
            return data
        facts = Facts.get(default={})
        hidden = {
            element.name
            for element in self.elements
            if element.show_if and not holds(element.show_if, data, facts)
        }
        return {key: value for key, value in data.items() if key not in hidden}

    @classmethod
    def asked(cls, data: Mapping[str, Any], facts: Mapping[str, Any]) -> frozenset[str]:
        """Return the conditional fields that must be answered beside *data*."""
        return frozenset(
            element.name
            for element in cls.elements
            if element.conditional
            and holds(element.show_if, data, facts)
            and (
                element.required
                or (
                    bool(element.required_if)
                    and holds(element.required_if, data, facts)
                )
            )
        )


def answers(elements: Collection[Element], *, draft: bool) -> type[Answers]:
    """Return the schema class of *elements*; a draft asks for nothing yet."""
    members: dict[str, Any] = {
        element.name: _field(element, draft=draft) for element in elements
    }
    return type(
        "DraftAnswers" if draft else "FormAnswers",
        (Answers,),
        {**members, "elements": tuple(elements), "draft": draft},
    )


def _field(element: Element, *, draft: bool) -> fields.Field[Any]:
    def group(**common: Any) -> fields.Field[Any]:
        return fields.Nested(answers(element.columns, draft=draft), **common)

    common = {
        "required": element.required and not element.conditional and not draft,
        "error_messages": CODES,
        "metadata": {"element": element},
    }
    making = Making(element=element, draft=draft, common=common, group=group)
    return TYPES[element.type].make(making)


def complaints(messages: Any) -> Any:
    """Return marshmallow's messages as lists of ``{"code": ..., **facts}``."""
    if isinstance(messages, Mapping):
        return {
            "form" if key == "_schema" else key: complaints(item)
            for key, item in messages.items()
        }
    if isinstance(messages, list):
        return [
            {"code": str(item), **(item.facts if isinstance(item, Complaint) else {})}
            for item in messages
        ]
    return [{"code": str(messages)}]
