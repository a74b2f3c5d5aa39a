"""What the lint says, and the catalogues that it checks words against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.bpmn.mends import mend_of


class Severity(StrEnum):
    """Whether a diagram with this finding may be published."""

    ERROR = "error"  #: it may not
    WARNING = "warning"  #: it may, but somebody should look


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong at one element."""

    element: str
    rule: str  #: stable word, e.g. ``unreachable``
    details: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    @property
    def mend(self) -> str:
        """What to do about it: a stable word, e.g. ``connect_it``."""
        return mend_of(self.rule, self.details.get("construct"))

    def facts(self) -> dict[str, str]:
        """Return the finding as plain facts, to be worded at the edge."""
        return {
            **self.details,
            "element": self.element,
            "rule": self.rule,
            "mend": self.mend,
            "severity": self.severity.value,
        }


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Every code that a diagram may use."""

    activities: frozenset[str]
    facts: frozenset[str]
    documents: frozenset[str]
    decisions: frozenset[str]
    operations: frozenset[str]
    processes: frozenset[str]
    terms: frozenset[str]
    clauses: frozenset[str]
    outcomes: frozenset[str] | None = None  #: elements with outcomes; None: unknown
    parameters: frozenset[str] | None = None  #: of rule packs; None: unknown
    #: Documents whose approval may come after the act; None: unknown.
    emergencies: frozenset[str] | None = None
    #: What the facts that are choices may be; None: unknown.
    choices: Mapping[str, frozenset[str]] | None = None


def error(element: str, rule: str, **details: str) -> Finding:
    """Return a finding that keeps the diagram from being published."""
    return Finding(element, rule, details)


def warning(element: str, rule: str, **details: str) -> Finding:
    """Return a finding that somebody should look at."""
    return Finding(element, rule, details, Severity.WARNING)
