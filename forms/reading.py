"""Strict reading of form.toml: nothing unknown, nothing mistyped, nothing missing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from forms.elements import Choice, Element, Label, MalformedForm, Section, Signatory
from storage.vocabulary import Capacity, SignatureKind

NAME = re.compile(r"[a-z][a-z0-9_]*")

#: What a table in a definition may hold, and of which type each value is.
ELEMENT_KEYS: dict[str, type] = {
    "name": str,
    "type": str,
    "label": dict,
    "help": dict,
    "required": bool,
    "prefill": str,
    "cites": list,
    "show_if": dict,
    "required_if": dict,
    "after": str,
    "not_before": str,
    "choices": list,
    "multiple": bool,
    "columns": list,
    "requires": list,
    "min_items": int,
    "max_items": int,
    "min_length": int,
    "max_length": int,
    "min": int,
    "max": int,
    "must_be": bool,
}
SIGNATORY_KEYS: dict[str, type] = {
    "role": str,
    "count": int,
    "each": str,
    "forms": list,
    "refusable": bool,
    "show_if": dict,
}
CHOICE_KEYS: dict[str, type] = {"value": str, "zh": str, "en": str}
LABEL_KEYS: dict[str, type] = {"zh": str, "en": str}
SECTION_KEYS: dict[str, type] = {"zh": str, "en": str, "field": list}

#: Roles that sign without holding a capacity in the case.
OUTSIDE_ROLES = frozenset(
    {
        "officer",
        "party",
        "agency",
        "attesting_witness",
        "interviewee",
        "guardian",
        "interpreter",
        "agent",
        "third_party",
        "receiver",
        "server",
        "payer",
        "keeper",
        "recorder",
        "agency_head",
    }
)
ROLES = frozenset(Capacity) | OUTSIDE_ROLES
ORDERED = frozenset({"date", "datetime", "integer", "money"})


@dataclass(frozen=True)
class Reader:
    """Reads the tables of one definition; every refusal names its file."""

    file: str
    types: Collection[str]  #: known field types
    composites: Mapping[str, tuple[Element, ...]]  #: parts of the composite types
    blocks: Mapping[str, tuple[Element, ...]]  #: groups that a section may name
    #: What a type has where a field is silent.
    defaults: Mapping[str, Mapping[str, Any]]

    def refuse(self, reason: str) -> NoReturn:
        """Refuse the definition.

        Raises:
            MalformedForm: always.
        """
        raise MalformedForm(self.file, reason)

    def table(
        self, value: object, keys: Mapping[str, type], where: str
    ) -> dict[str, Any]:
        """Return *value* as a table that holds only *keys*, each of its type."""
        if not isinstance(value, dict):
            self.refuse(f"{where}: expected a table")
        for key, item in value.items():
            if key not in keys:
                self.refuse(f"{where}: unknown key {key!r}")
            expected = keys[key]
            if not isinstance(item, expected) or (
                expected is int and isinstance(item, bool)
            ):
                self.refuse(f"{where}.{key}: expected {expected.__name__}")
        return value

    def need(self, table: Mapping[str, Any], key: str, where: str) -> Any:
        """Return what *key* holds; it must be there and not be empty."""
        if table.get(key) in (None, "", [], {}):
            self.refuse(f"{where}: {key} is missing")
        return table[key]

    def words(self, value: object, where: str) -> tuple[str, ...]:
        """Return a list of distinct words."""
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.refuse(f"{where}: expected a list of words")
        if len(set(value)) != len(value):
            self.refuse(f"{where}: a word is repeated")
        return tuple(value)

    def label(self, value: object, where: str) -> Label:
        """Return words in both languages."""
        table = self.table(value, LABEL_KEYS, where)
        return Label(zh=self.need(table, "zh", where), en=self.need(table, "en", where))

    def sections(self, value: object) -> tuple[Section, ...]:
        """Return the sections; field names are unique over all of them."""
        if not isinstance(value, list) or not value:
            self.refuse("section is missing")
        sections = tuple(self._section(item, i) for i, item in enumerate(value))
        self.consistent([e for s in sections for e in s.fields], "section")
        return sections

    def _section(self, value: object, index: int) -> Section:
        where = f"section[{index}]"
        table = self.table(value, SECTION_KEYS, where)
        label = self.label({k: v for k, v in table.items() if k != "field"}, where)
        rows = self.need(table, "field", where)
        fields = tuple(element for row in rows for element in self.elements(row, where))
        return Section(label=label, fields=fields)

    def elements(self, value: object, where: str) -> Iterator[Element]:
        """Return the field that *value* describes, or the fields of its block."""
        if isinstance(value, dict) and "block" in value:
            block = self.table(value, {"block": str}, where)["block"]
            if block not in self.blocks:
                self.refuse(f"{where}: unknown block {block!r}")
            yield from self.blocks[block]
            return
        yield self.element(value, where)

    def element(self, value: object, where: str) -> Element:
        """Return one field."""
        table = self.table(value, ELEMENT_KEYS, where)
        name = self.need(table, "name", where)
        where = f"{where}.{name}"
        if not NAME.fullmatch(name):
            self.refuse(f"{where}: a name is written in small_letters")
        kind = self.need(table, "type", where)
        if kind not in self.types:
            self.refuse(f"{where}: unknown type {kind!r}")
        table = {**self.defaults.get(kind, {}), **table}
        element = Element(
            name=name,
            type=kind,
            label=self.label(self.need(table, "label", where), f"{where}.label"),
            required=table.get("required", False),
            help=self.label(table["help"], f"{where}.help")
            if "help" in table
            else None,
            prefill=table.get("prefill"),
            cites=self.words(table.get("cites", []), f"{where}.cites"),
            show_if=self._condition(table.get("show_if", {})),
            required_if=self._condition(table.get("required_if", {})),
            after=table.get("after"),
            not_before=table.get("not_before"),
            choices=self._choices(table.get("choices", []), where),
            multiple=table.get("multiple", False),
            columns=self._columns(table, kind, where),
            min_items=table.get("min_items"),
            max_items=table.get("max_items"),
            min_length=table.get("min_length"),
            max_length=table.get("max_length"),
            minimum=table.get("min"),
            maximum=table.get("max"),
            must_be=table.get("must_be"),
        )
        if (kind == "choice") != bool(element.choices):
            self.refuse(f"{where}: choices belong to a choice, and only there")
        if element.must_be is not None and kind != "boolean":
            self.refuse(f"{where}: must_be belongs to a boolean")
        return element

    @staticmethod
    def _condition(value: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
        return {
            key: tuple(item) if isinstance(item, list) else (item,)
            for key, item in value.items()
        }

    def _choices(self, value: list[object], where: str) -> tuple[Choice, ...]:
        choices = []
        for item in value:
            table = self.table(item, CHOICE_KEYS, f"{where}.choices")
            choices.append(
                Choice(
                    value=self.need(table, "value", f"{where}.choices"),
                    label=self.label(
                        {k: v for k, v in table.items() if k != "value"},
                        f"{where}.choices",
                    ),
                )
            )
        self.words([choice.value for choice in choices], f"{where}.choices")
        return tuple(choices)

    def _columns(
        self, table: Mapping[str, Any], kind: str, where: str
    ) -> tuple[Element, ...]:
        if (kind == "table") != ("columns" in table):
            self.refuse(f"{where}: columns belong to a table, and only there")
        if kind == "table":
            columns = tuple(
                self.element(column, f"{where}.columns") for column in table["columns"]
            )
            self.consistent(columns, f"{where}.columns")
            return columns
        columns = self.composites.get(kind, ())
        requires = self.words(table.get("requires", []), f"{where}.requires")
        unknown = set(requires) - {column.name for column in columns}
        if unknown:
            self.refuse(f"{where}.requires: unknown part {min(unknown)!r}")
        return tuple(
            replace(column, required=True) if column.name in requires else column
            for column in columns
        )

    def consistent(self, elements: Collection[Element], where: str) -> None:
        """Check that names are unique and that orderings name fields that exist."""
        by_name = {element.name: element for element in elements}
        if len(by_name) != len(elements):
            self.refuse(f"{where}: a field name is repeated")
        for element in elements:
            for other in (element.after, element.not_before):
                if other is None:
                    continue
                if other not in by_name:
                    self.refuse(f"{where}.{element.name}: no field {other!r}")
                if element.type not in ORDERED or by_name[other].type != element.type:
                    self.refuse(f"{where}.{element.name}: cannot follow {other!r}")

    def signatories(self, value: object) -> tuple[Signatory, ...]:
        """Return who must sign; a role stands once."""
        if not isinstance(value, list):
            self.refuse("signatory: expected tables")
        signatories = tuple(self._signatory(item) for item in value)
        self.words([s.role for s in signatories], "signatory")
        return signatories

    def _signatory(self, value: object) -> Signatory:
        table = self.table(value, SIGNATORY_KEYS, "signatory")
        role = self.need(table, "role", "signatory")
        if role not in ROLES:
            self.refuse(f"signatory: unknown role {role!r}")
        each = table.get("each")
        if each is not None and each not in frozenset(Capacity):
            self.refuse(f"signatory.{role}: unknown capacity {each!r}")
        forms = self.words(table.get("forms", ["signature"]), f"signatory.{role}")
        if not forms or not set(forms) <= frozenset(SignatureKind):
            self.refuse(f"signatory.{role}: unknown form of signing")
        count = table.get("count", 1)
        if count < 1:
            self.refuse(f"signatory.{role}: count is at least 1")
        return Signatory(
            role=role,
            count=count,
            each=each,
            forms=forms,
            refusable=table.get("refusable", False),
            show_if=self._condition(table.get("show_if", {})),
        )
