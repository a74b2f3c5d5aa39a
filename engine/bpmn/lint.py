"""Everything that can be said about a diagram before it runs."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn import lint_shape, lint_tokens, lint_votes, lint_words
from engine.bpmn.coverage import Domains, check_coverage
from engine.bpmn.decisions import DecisionTable
from engine.bpmn.findings import Catalogue, Finding, Severity, error, warning
from engine.bpmn.model import BOUNDARIES, NodeKind, Process

__all__ = ["Catalogue", "Finding", "Severity", "lint", "lint_table"]

#: Rules without which the shape cannot be followed.
_BROKEN = ("dangling", "flow_leaves")


def lint(process: Process, catalogue: Catalogue) -> list[Finding]:
    """Return what is wrong with a diagram, errors first.

    While references lead nowhere, nothing is said about the shape, and while the
    shape is wrong, nothing about standstills: neither is known yet.
    """
    found = [*_references(process), *_constructs(process)]
    if not any(f.rule.startswith(_BROKEN) for f in found):
        found += lint_shape.check(process)
    if all(finding.severity is Severity.WARNING for finding in found):
        found += lint_tokens.check(process)
    found += lint_words.check(process, catalogue)
    found += lint_votes.check(process, catalogue)
    return sorted(found, key=lambda f: (f.severity, f.element, f.rule))


def lint_table(
    table: DecisionTable, catalogue: Catalogue, domains: Domains
) -> list[Finding]:
    """Return what is wrong with a decision table, errors first.

    Args:
        table: a table that has been read.
        catalogue: every code that it may use.
        domains: the only values that some facts can have.
    """
    found = [*lint_words.check_table(table, catalogue)]
    found += check_coverage(table, domains)
    return sorted(found, key=lambda f: (f.severity, f.element, f.rule))


def _references(process: Process) -> Iterator[Finding]:
    nodes = process.nodes
    for flow in process.flows.values():
        source, target = nodes.get(flow.source), nodes.get(flow.target)
        if source is None:
            yield error(flow.id, "dangling_source", names=flow.source)
        if target is None:
            yield error(flow.id, "dangling_target", names=flow.target)
        if source and target and source.parent != target.parent:
            yield error(flow.id, "flow_leaves_scope")
    for node in nodes.values():
        if node.kind in BOUNDARIES:
            host = nodes.get(node.attached_to or "")
            if host is None or host.parent != node.parent:
                yield error(node.id, "dangling_boundary", names=node.attached_to or "")
        leaving = {flow.id for flow in process.outgoing.get(node.id, ())}
        if node.default and node.default not in leaving:
            yield error(node.id, "dangling_default", names=node.default)


def _constructs(process: Process) -> Iterator[Finding]:
    for node in process.nodes.values():
        if node.kind is NodeKind.UNSUPPORTED:
            yield error(node.id, "unsupported", construct=node.construct or "")
    for foreign in process.foreign:
        make = error if foreign.fatal else warning
        rule = "unsupported" if foreign.fatal else "not_carried_out"
        yield make(foreign.element, rule, construct=foreign.construct)
    if not process.version:
        yield warning(process.key, "no_version")
