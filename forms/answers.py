"""How single answers are read, what is refused of them, and with which code."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields

from engine.rules.identity import credit_code_fault, id_number_fault
from forms.elements import Element

#: Legal days and the times on paper are read in this zone.
ZONE = ZoneInfo("Asia/Shanghai")

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Complaint(str):
    """The stable code of what is wrong with an answer, with its facts."""

    __slots__ = ("facts",)

    facts: dict[str, Any]

    def __new__(cls, code: str, **facts: Any) -> Self:
        """Return the code with the facts that its sentence will name."""
        complaint = super().__new__(cls, code)
        complaint.facts = facts
        return complaint


def refuse(code: str, **facts: Any) -> ValidationError:
    """Return the error that carries one complaint."""
    return ValidationError([Complaint(code, **facts)])


class Text(fields.Field[str]):
    """Words on one line, or on several."""

    def __init__(self, element: Element, *, draft: bool, **common: Any) -> None:
        self.element, self.draft = element, draft
        super().__init__(**common)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise refuse("invalid")
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        if CONTROL.search(text):
            raise refuse("control_character")
        if "\n" in text and self.element.type != "textarea":
            raise refuse("line_break")
        shortest, longest = self.element.min_length, self.element.max_length
        if longest is not None and len(text) > longest:
            raise refuse("too_long", max=longest)
        if shortest is not None and len(text) < shortest and not self.draft:
            raise refuse("too_short", min=shortest)
        return text


class IdNumber(Text):
    """A citizen's identity number (GB 11643)."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = super()._deserialize(value).upper()
        fault = id_number_fault(text)
        if fault is not None:
            raise refuse(fault)
        return text


class CreditCode(Text):
    """A unified social credit code (GB 32100)."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = super()._deserialize(value).upper()
        fault = credit_code_fault(text)
        if fault is not None:
            raise refuse(fault)
        return text


class Day(fields.Field[date]):
    """A calendar day."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise refuse("invalid_date") from None


class Moment(fields.Field[datetime]):
    """An instant; without an offset it is Shanghai's time."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        try:
            moment = (
                value if isinstance(value, datetime) else datetime.fromisoformat(value)
            )
        except (TypeError, ValueError):
            raise refuse("invalid_datetime") from None
        if moment.tzinfo is None:
            return moment.replace(tzinfo=ZONE)
        return moment.astimezone(ZONE)


class Whole(fields.Field[int]):
    """A whole number within its bounds."""

    def __init__(self, element: Element, **common: Any) -> None:
        self.element = element
        super().__init__(**common)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        number = self.number(value)
        low, high = self.element.minimum, self.element.maximum
        if low is not None and number < low:
            raise refuse("too_small", min=low)
        if high is not None and number > high:
            raise refuse("too_large", max=high)
        return number

    def number(self, value: Any) -> int:
        """Return *value* as a whole number."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,12}", value, re.ASCII):
            return int(value)
        raise refuse("invalid_integer")


class Money(Whole):
    """An amount in fen: an integer is fen, text is yuan as somebody typed it."""

    def number(self, value: Any) -> int:
        """Return the amount in fen."""
        if isinstance(value, int) and not isinstance(value, bool):
            fen = value
        else:
            try:
                yuan = Decimal(str(value).replace(",", ""))
                scaled = yuan * 100
                fen = int(scaled)
            except (InvalidOperation, ValueError, OverflowError):
                raise refuse("invalid_money") from None
            if fen != scaled:
                raise refuse("money_precision")
        if fen < 0:
            raise refuse("negative")
        if fen > 10**14:
            raise refuse("too_large", max=10**14)
        return fen


class Yes(fields.Field[bool]):
    """A yes or a no; a statement may have to be confirmed."""

    def __init__(self, element: Element, *, draft: bool, **common: Any) -> None:
        self.must_be = None if draft else element.must_be
        super().__init__(**common)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        answers = {"true": True, "on": True, "1": True, "false": False, "0": False}
        answer = answers.get(value, value) if isinstance(value, str) else value
        if not isinstance(answer, bool):
            raise refuse("invalid_boolean")
        if self.must_be is not None and answer is not self.must_be:
            raise refuse("not_confirmed")
        return answer


class OneOf(fields.Field[str]):
    """One of the values that are offered."""

    def __init__(self, element: Element, **common: Any) -> None:
        self.values = tuple(choice.value for choice in element.choices)
        super().__init__(**common)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or value not in self.values:
            raise refuse("not_a_choice")
        return value


class Rows(fields.List[Any]):
    """Several entries; persons among them may be named once only."""

    def __init__(
        self, inner: fields.Field[Any], element: Element, *, draft: bool, **common: Any
    ) -> None:
        self.element, self.draft = element, draft
        super().__init__(inner, **common)

    def _deserialize(self, value: Any, *args: Any, **keywords: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refuse("invalid_list")
        if self.element.type in {"officers", "persons"}:
            value = [{"id": v} if isinstance(v, str) else v for v in value]
        rows = list(super()._deserialize(value, *args, **keywords) or [])
        names = [row.get("id") if isinstance(row, dict) else row for row in rows]
        if self._distinct and len(set(names)) != len(names):
            raise refuse("duplicate")
        longest = self.element.max_items
        if longest is not None and len(rows) > longest:
            raise refuse("too_many", max=longest)
        shortest = self.element.min_items
        if shortest is not None and len(rows) < shortest and not self.draft:
            raise refuse("too_few", min=shortest)
        return rows

    @property
    def _distinct(self) -> bool:
        return self.element.type in {"officers", "persons", "choice"}
