"""Check diagrams and decision tables against everything that they may name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from engine.bpmn.decisions import DecisionTable, read_table
from engine.bpmn.findings import Finding, Severity
from engine.bpmn.lint import Catalogue, lint, lint_table
from engine.bpmn.model import Process
from engine.bpmn.reader import read
from engine.commands.errors import BadDiagram
from engine.rules import jurisdiction
from engine.rules.calendar import Calendar
from engine.rules.facts import FactCatalogue
from engine.runtime.service_tasks import operations

#: The words, among them those under which a pack may quote its clauses.
GLOSSARY = "glossary.toml"

#: The parameter that lists what may be approved after the act.
EMERGENCY_MATTERS = "emergency_matters"


def lint_all(
    models: Mapping[str, Process], files: Mapping[str, str], documents: Iterable[str]
) -> None:
    """Check every diagram and table of a folder.

    Raises:
        BadDiagram: one has an error; the first of them tells all its own.
        UnreadableTable, UnsafeExpression: a decision table has an error.
        InvalidPack: a rule pack has an error.
    """
    tables = _tables(files)
    catalogue = catalogue_of(models, tables, files, documents)
    Calendar.load(files["calendars/cn.toml"])
    for key, model in models.items():
        _refuse_errors(key, lint(model, catalogue))
    domains = _domains(files)
    for key, table in tables.items():
        _refuse_errors(key, lint_table(table, catalogue, domains))


def lint_file(
    name: str, data: bytes, files: Mapping[str, str], documents: Iterable[str]
) -> list[Finding]:
    """Return what is wrong with one file, as if it stood among *files*.

    Raises:
        UnreadableDiagram, UnreadableTable, UnsafeExpression: it cannot be read.
    """
    others = {_stem(p): t for p, t in files.items() if p.endswith(".bpmn")}
    models = {key: read(text.encode()) for key, text in others.items()}
    tables = _tables(files)
    if name.endswith(".dmn"):
        table = read_table(data)
        tables[table.key] = table
        known = catalogue_of(models, tables, files, documents)
        return lint_table(table, known, _domains(files))
    model = read(data)
    models[model.key] = model
    return lint(model, catalogue_of(models, tables, files, documents))


def catalogue_of(
    models: Mapping[str, Process],
    tables: Mapping[str, DecisionTable],
    files: Mapping[str, str],
    documents: Iterable[str],
) -> Catalogue:
    """Return every code that a diagram among *files* may use.

    Raises:
        InvalidPack: a rule pack has an error.
    """
    documents = frozenset(documents)
    clauses = clause_ids(files)
    activities = frozenset(jurisdiction.activity_codes(files["activities.toml"]))
    says = tomllib.loads(files[GLOSSARY])["says"]
    packs = [
        jurisdiction.load(
            text,
            path,
            activities=activities,
            documents=documents,
            clauses=clauses,
            says=says,
        )
        for path, text in files.items()
        if path.startswith("jurisdictions/")
    ]
    facts = FactCatalogue.load(files["facts.toml"])
    return Catalogue(
        activities=activities,
        facts=frozenset(facts.names),
        documents=documents,
        decisions=frozenset(tables),
        operations=frozenset(operations()),
        processes=frozenset(models),
        terms=frozenset().union(*(pack.term_codes for pack in packs)),
        clauses=clauses,
        outcomes=frozenset(
            node.id
            for model in models.values()
            for node in model.nodes.values()
            if node.outcomes
        ),
        parameters=frozenset().union(*(pack.parameter_names for pack in packs)),
        emergencies=frozenset().union(*map(_emergencies, packs)),
        choices={name: frozenset(fact.values) for name, fact in facts.facts.items()},
    )


def clause_ids(files: Mapping[str, str]) -> frozenset[str]:
    """Return the ids of every clause text among *files*."""
    return frozenset(
        line.split(",", 1)[0].strip('"')
        for path, text in files.items()
        if path.startswith("clauses/")
        for line in text.splitlines()[1:]
        if re.match(r'"?[a-z]+[a-z0-9]*-', line)
    )


def _emergencies(pack: jurisdiction.Jurisdiction) -> frozenset[str]:
    """Return the documents that a pack lets be approved after the act."""
    return frozenset(
        str(document)
        for parameter in pack.parameters
        if parameter.name == EMERGENCY_MATTERS and isinstance(parameter.value, tuple)
        for document in parameter.value
    )


def _refuse_errors(key: str, findings: Iterable[Finding]) -> None:
    errors = [f.facts() for f in findings if f.severity is Severity.ERROR]
    if errors:
        raise BadDiagram(key, errors)


def _tables(files: Mapping[str, str]) -> dict[str, DecisionTable]:
    return {
        _stem(path): read_table(text.encode())
        for path, text in files.items()
        if path.endswith(".dmn")
    }


def _domains(files: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    facts = FactCatalogue.load(files["facts.toml"]).facts
    return {name: fact.values for name, fact in facts.items() if fact.choices}


def _stem(path: str) -> str:
    return PurePosixPath(path).stem
