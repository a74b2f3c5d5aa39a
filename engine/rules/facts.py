"""The catalogue of facts that steps ask for, and their types."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from engine.errors import Refusal
from engine.rules.amounts import read_yuan
from engine.rules.deadlines import SHANGHAI
from engine.rules.errors import InvalidCatalogue

_Value = TypeVar("_Value")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEYS = frozenset({"type", "zh", "en", "choices", "help", "cites"})
_WORDS = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


class FactType(StrEnum):
    """What kind of value a fact holds."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    MONEY = "money"  #: whole fen
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    PERSON = "person"
    PERSONS = "persons"


@dataclass(eq=False)
class FactRefused(Refusal):
    """The value is not one that the fact can hold."""

    fact: str
    reason: str
    code: ClassVar[str] = "fact_refused"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the answers that a fact allows."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that a step asks for."""

    name: str
    type: FactType
    zh: str
    en: str
    choices: tuple[Choice, ...] = ()
    help: Mapping[str, str] | str = ""
    cites: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """Return the values that a choice allows."""
        return tuple(choice.value for choice in self.choices)


@dataclass(frozen=True)
class FactCatalogue:
    """Every fact that any step may ask for."""

    facts: Mapping[str, Fact]

    @classmethod
    def load(cls, text: str) -> FactCatalogue:
        """Read ``facts.toml``; refuse with InvalidCatalogue."""
        try:
            tables = tomllib.loads(text).get("fact", {})
        except tomllib.TOMLDecodeError as error:
            raise InvalidCatalogue("", str(error)) from error
        return cls({name: _fact(name, table) for name, table in tables.items()})

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of every fact."""
        return tuple(self.facts)

    def __getitem__(self, name: str) -> Fact:
        return self._fact(name)

    def __contains__(self, name: object) -> bool:
        return name in self.facts

    def coerce(self, name: str, value: object) -> Any:
        """Return *value* as its fact's type, from JSON or from a typed value.

        Money is whole fen. Raises FactRefused with a reason code.
        """
        fact = self._fact(name)
        return _coerce(fact, value)

    def read(self, name: str, text: str) -> Any:
        """Return what somebody typed into a form as its fact's type.

        Money is in yuan; an instant without an offset is Shanghai time. Raises
        FactRefused with a reason code.
        """
        fact = self._fact(name)
        try:
            value = _typed_in(fact, text.strip())
        except _Unfit as unfit:
            raise FactRefused(name, unfit.reason) from unfit
        return _coerce(fact, value)

    def typed(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return every fact with its stored value typed; what is absent is None.

        Values were checked before they were stored; only moments and days are kept
        in another form than they have here.
        """
        return {**dict.fromkeys(self.facts), **self.typed_of(stored)}

    def typed_of(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return the stored values of declared facts typed."""
        facts: dict[str, Any] = {}
        for name, value in stored.items():
            fact = self.facts.get(name)
            if fact is None:
                continue
            is_time = value is not None and fact.type in _TIMES
            facts[name] = _coerce(fact, value) if is_time else value
        return facts

    def _fact(self, name: str) -> Fact:
        try:
            return self.facts[name]
        except KeyError:
            raise FactRefused(name, "unknown_fact") from None


def _fact(name: str, table: Mapping[str, Any]) -> Fact:
    if not _NAME.fullmatch(name):
        raise InvalidCatalogue(name, "bad_name")
    unknown = sorted(table.keys() - _KEYS)
    if unknown:
        raise InvalidCatalogue(name, f"unknown_key:{unknown[0]}")
    missing = sorted({"type", "zh", "en"} - table.keys())
    if missing:
        raise InvalidCatalogue(name, f"missing_key:{missing[0]}")
    try:
        kind = FactType(table["type"])
    except ValueError:
        raise InvalidCatalogue(name, f"unknown_type:{table['type']}") from None
    choices = _choices(name, table.get("choices", ()))
    if bool(choices) is not (kind is FactType.CHOICE):
        raise InvalidCatalogue(name, "choices_belong_to_choice")
    return Fact(
        name=name,
        type=kind,
        zh=table["zh"],
        en=table["en"],
        choices=choices,
        help=table.get("help", ""),
        cites=tuple(table.get("cites", ())),
    )


def _choices(name: str, rows: Iterable[Mapping[str, str]]) -> tuple[Choice, ...]:
    choices: dict[str, Choice] = {}
    for row in rows:
        if row.keys() != {"value", "zh", "en"}:
            raise InvalidCatalogue(name, "choice_is_value_zh_en")
        if row["value"] in choices:
            raise InvalidCatalogue(name, f"choice_twice:{row['value']}")
        choices[row["value"]] = Choice(value=row["value"], zh=row["zh"], en=row["en"])
    return tuple(choices.values())


def _coerce(fact: Fact, value: object) -> Any:
    try:
        return _COERCERS[fact.type](fact, value)
    except _Unfit as unfit:
        raise FactRefused(fact.name, unfit.reason) from unfit


class _Unfit(Exception):  # a word of the trade, caught right above
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _try(read: Callable[[str], _Value], value: object, reason: str) -> _Value:
    if not isinstance(value, str):
        raise _Unfit(reason)
    try:
        return read(value)
    except ValueError as error:
        raise _Unfit(reason) from error


def _text(_: Fact, value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit("not_text")
    if not value.strip():
        raise _Unfit("empty")
    return value.strip()


def _boolean(_: Fact, value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("not_boolean")
    return value


def _integer(_: Fact, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Unfit("not_integer")
    return value


def _money(_: Fact, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Unfit("not_money")
    if value < 0:
        raise _Unfit("negative")
    return value


def _date(_: Fact, value: object) -> date:
    if isinstance(value, datetime):
        raise _Unfit("not_date")
    if isinstance(value, date):
        return value
    return _try(date.fromisoformat, value, "not_date")


def _instant(_: Fact, value: object) -> datetime:
    moment = (
        value
        if isinstance(value, datetime)
        else _try(datetime.fromisoformat, value, "not_instant")
    )
    if moment.tzinfo is None:
        raise _Unfit("no_offset")
    return moment


def _choice(fact: Fact, value: object) -> str:
    if not isinstance(value, str) or value not in fact.values:
        raise _Unfit("not_a_choice")
    return value


def _person(_: Fact, value: object) -> str:
    return str(_try(UUID, str(value), "not_person"))


def _persons(fact: Fact, value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _Unfit("not_persons")
    people = [_person(fact, item) for item in value]
    if not people:
        raise _Unfit("empty")
    if len(set(people)) < len(people):
        raise _Unfit("person_twice")
    return people


def _typed_in(fact: Fact, text: str) -> object:
    """Return what was typed, as `_coerce` takes it."""
    match fact.type:
        case FactType.MONEY:
            return _try(read_yuan, text, "not_money")
        case FactType.INTEGER:
            return _try(int, text, "not_integer")
        case FactType.BOOLEAN:
            return _WORDS.get(text, text)
        case FactType.INSTANT:
            moment = _try(datetime.fromisoformat, text, "not_instant")
            local = moment.tzinfo is None
            return moment.replace(tzinfo=SHANGHAI) if local else moment
        case FactType.PERSONS:
            return text.replace(",", " ").split()
        case _:
            return text


_TIMES = frozenset({FactType.DATE, FactType.INSTANT})

_COERCERS: Mapping[FactType, Callable[[Fact, object], Any]] = {
    FactType.TEXT: _text,
    FactType.BOOLEAN: _boolean,
    FactType.INTEGER: _integer,
    FactType.MONEY: _money,
    FactType.DATE: _date,
    FactType.INSTANT: _instant,
    FactType.CHOICE: _choice,
    FactType.PERSON: _person,
    FactType.PERSONS: _persons,
}
