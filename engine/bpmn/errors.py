"""Why a diagram, a decision table or an expression is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class UnreadableDiagram(Refusal):
    """The file is not a diagram that can be read safely."""

    reason: str  #: stable word for what is wrong, e.g. ``doctype``
    element: str  #: id of the element, or empty for the whole file
    mend: str  #: stable word for what to do about it
    code: ClassVar[str] = "unreadable_diagram"


@dataclass(eq=False)
class UnreadableTable(Refusal):
    """The file is not a decision table that can be read safely."""

    reason: str
    element: str
    mend: str
    code: ClassVar[str] = "unreadable_table"


@dataclass(eq=False)
class UnsupportedConstruct(Refusal):
    """The diagram asks for something that is outside the profile."""

    process: str
    element: str
    construct: str
    code: ClassVar[str] = "unsupported_construct"


@dataclass(eq=False)
class UnsafeExpression(Refusal):
    """The text is not an expression of our language."""

    expression: str
    reason: str
    code: ClassVar[str] = "unsafe_expression"


@dataclass(eq=False)
class UnknownFact(Refusal):
    """An expression names a fact that nobody declared."""

    name: str
    expression: str
    code: ClassVar[str] = "unknown_fact"


@dataclass(eq=False)
class UnknownFunction(Refusal):
    """An expression calls a function that is not offered here."""

    name: str
    expression: str
    code: ClassVar[str] = "unknown_function"


@dataclass(eq=False)
class ExpressionFailed(Refusal):
    """An expression met values that it cannot work with."""

    expression: str
    reason: str
    code: ClassVar[str] = "expression_failed"


@dataclass(eq=False)
class NoRuleMatched(Refusal):
    """No rule of a decision table covers these facts."""

    table: str
    code: ClassVar[str] = "no_rule_matched"


@dataclass(eq=False)
class RulesDisagree(Refusal):
    """More rules of a decision table matched than its hit policy allows."""

    table: str
    policy: str
    rules: tuple[str, ...]
    code: ClassVar[str] = "rules_disagree"


@dataclass(eq=False)
class NotProvable(Refusal):
    """A diagram cannot be explored to its end, so nothing is proved about it."""

    process: str
    element: str  #: where it stopped, or the demand that it stopped at
    reason: str  #: ``too_many_states``, ``too_many_nodes`` or the construct
    code: ClassVar[str] = "not_provable"


@dataclass(eq=False)
class InvalidProof(Refusal):
    """What is to be proved cannot be read."""

    entry: str  #: kind and number of the entry, e.g. ``before 3``
    reason: str
    code: ClassVar[str] = "invalid_proof"


@dataclass(eq=False)
class ProofFailed(Refusal):
    """A path reaches a step without something that the law asks for before it."""

    process: str
    authority: str
    milestone: str  #: the step that is reached, as ``process/element``
    missing: str  #: what is missing, in words
    path: list[str]  #: the shortest way there: elements with their Chinese names
    cites: list[str]
    code: ClassVar[str] = "proof_failed"
