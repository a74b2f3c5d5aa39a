"""The parts of a form, as plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class MalformedForm(Refusal):
    """A form definition cannot be read; *reason* says what is wrong with it."""

    file: str
    reason: str
    code: ClassVar[str] = "malformed_form"


@dataclass(frozen=True, kw_only=True)
class Label:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value that may be chosen, with its words."""

    value: str
    label: Label


@dataclass(frozen=True, kw_only=True)
class Element:
    """One field of a form: what is asked, and what an answer must be."""

    name: str
    type: str
    label: Label
    required: bool = False
    help: Label | None = None
    prefill: str | None = None  #: dotted path into what the case already knows
    cites: tuple[str, ...] = ()
    show_if: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    required_if: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    after: str | None = None  #: strictly later than that field
    not_before: str | None = None  #: not earlier than that field
    choices: tuple[Choice, ...] = ()
    multiple: bool = False  #: for choices: several may be chosen
    columns: tuple[Element, ...] = ()  #: of a group or of a table's row
    min_items: int | None = None
    max_items: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    must_be: bool | None = None  #: for booleans: the only answer that is accepted

    @property
    def conditional(self) -> bool:
        """Whether the field is shown or asked for only under a condition."""
        return bool(self.show_if or self.required_if)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A headed group of fields."""

    label: Label
    fields: tuple[Element, ...]


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """Who must stand for the document before it is final, and in what form."""

    role: str
    count: int = 1
    each: str | None = None  #: everybody who holds this capacity in the case
    forms: tuple[str, ...] = ("signature",)
    refusable: bool = False
    #: Answers under which this signature is asked for; none: always.
    show_if: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
