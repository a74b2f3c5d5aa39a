"""Votes: may what a diagram asks of its members come to a result?"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.findings import Catalogue, Finding, error
from engine.bpmn.model import Node, NodeKind, Process
from engine.rules.authority import VOICES
from engine.rules.votes import Vote


def check(process: Process, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what keeps a vote from being taken, or from being lawful."""
    for node in process.nodes.values():
        if node.vote is not None:
            yield from _check(node, node.vote, catalogue)


def _check(node: Node, vote: Vote, catalogue: Catalogue) -> Iterator[Finding]:
    if node.kind is not NodeKind.USER_TASK or node.loop is None:
        yield error(node.id, "vote_without_members")
    elif node.loop.until not in {None, f"outcome.{node.id} != null"}:
        yield error(node.id, "vote_cut_short")
    if vote.early and node.capacity in VOICES:
        # Where the law asks for everybody's opinion, none is spared (PL 57).
        yield error(node.id, "voice_unheard")
    offered = {outcome.value for outcome in node.outcomes}
    if offered != vote.results:
        yield error(node.id, "vote_outcomes", names=", ".join(sorted(vote.results)))
    yield from _answers(node, vote, catalogue)
    for clause in vote.cites:
        if clause not in catalogue.clauses:
            yield error(node.id, "unknown_clause", names=clause)


def _answers(node: Node, vote: Vote, catalogue: Catalogue) -> Iterator[Finding]:
    if not any(each.fact == vote.fact and each.required for each in node.inputs):
        yield error(node.id, "vote_not_asked", names=vote.fact)
    wanted = {vote.assent, vote.dissent}
    if len(wanted) == 1:
        yield error(node.id, "vote_answers_alike", names=vote.assent)
    if catalogue.choices is not None and vote.fact in catalogue.facts:
        known = catalogue.choices.get(vote.fact, frozenset())
        for answer in sorted(wanted - known):
            yield error(node.id, "unknown_choice", names=f"{vote.fact}: {answer}")
