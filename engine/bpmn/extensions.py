"""The elements of ``urn:casetrack:rec:1`` below one node."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from lxml import etree

from engine.bpmn import xml
from engine.bpmn.errors import UnreadableDiagram
from engine.bpmn.model import Assign, DeadlineRule, Guard, Input, Lock, Outcome
from engine.rules.requirements import Requirement
from engine.rules.votes import Vote, VoteRule
from storage.vocabulary import Capacity, DueAt, Level, RecordForm

_Word = TypeVar("_Word", bound=StrEnum)
_MOMENTS = frozenset({"open", "complete"})


@dataclass
class Extensions:
    """What the law asks at one node."""

    outcomes: list[Outcome] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    records: list[Requirement] = field(default_factory=list)
    deadlines: list[DeadlineRule] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    assigns: list[Assign] = field(default_factory=list)
    checkpoint: bool = False
    checkpoint_if: str | None = None
    lock: Lock | None = None
    vote: Vote | None = None


def flag(text: str | None, *, default: bool) -> bool:
    """Return an XML boolean."""
    return default if text is None else text.strip() in {"true", "1"}


def capacity(element: etree._Element) -> Capacity | None:
    """Return the ``rec:capacity`` of a lane or node; None: it has none.

    Raises:
        UnreadableDiagram: there is no such capacity.
    """
    text = element.get(f"{{{xml.REC}}}capacity")
    return None if text is None else _capacity(text, element.get("id", ""))


def read_extensions(element: etree._Element, node: str) -> Extensions:
    """Return the extension elements of one node.

    Raises:
        UnreadableDiagram: an element is unknown, lacks an attribute, or has a
            value that means nothing.
    """
    found = Extensions()
    for box in xml.children(element, xml.BPMN, "extensionElements"):
        for child in box:
            if xml.namespace(child) == xml.REC:
                _read_one(child, node, found)
    return found


def _read_one(child: etree._Element, node: str, found: Extensions) -> None:
    match xml.local(child):
        case "outcome":
            value = _needed(child, "value", node)
            zh, en = child.get("zh", value), child.get("en", value)
            found.outcomes.append(Outcome(value, zh, en))
        case "input":
            required = flag(child.get("required"), default=False)
            found.inputs.append(Input(_needed(child, "fact", node), required))
        case "record":
            found.records.append(_record(child, node))
        case "deadline":
            found.deadlines.append(_deadline(child, node))
        case "guard":
            code = _needed(child, "code", node)
            require = _needed(child, "require", node)
            found.guards.append(Guard(code, require, words(child.get("cites"))))
        case "assign":
            named = _capacity(_needed(child, "capacity", node), node)
            found.assigns.append(Assign(named, _needed(child, "from", node)))
        case "checkpoint":
            found.checkpoint, found.checkpoint_if = True, child.get("if")
        case "lock":
            found.lock = _lock(child, node)
        case "vote":
            found.vote = _vote(child, node)
        case unknown:
            raise UnreadableDiagram(f"unknown_rec:{unknown}", node, "check_spelling")


def _record(child: etree._Element, node: str) -> Requirement:
    form = _enum(RecordForm, _needed(child, "form", node), node)
    code = _needed(child, "code", node)
    try:
        count = int(child.get("count", "1"))
    except ValueError as error:
        raise UnreadableDiagram("bad_count", node, "write_a_number") from error
    return Requirement(
        key=f"{form}:{code}",
        form=form,
        codes=tuple(part.strip() for part in code.split("|")),
        level=_enum(Level, child.get("level", Level.MANDATORY), node),
        due=_enum(DueAt, child.get("due", DueAt.COMPLETION), node),
        count=count,
        signed_by=words(child.get("signedBy")),
        carried=flag(child.get("carried"), default=False),
        when=child.get("when"),
        cites=words(child.get("cites")),
    )


def _deadline(child: etree._Element, node: str) -> DeadlineRule:
    start, meet = child.get("start"), child.get("meet")
    fires = flag(child.get("fires"), default=False)
    if not {start, meet} - {None} <= _MOMENTS or (start is meet is None and not fires):
        raise UnreadableDiagram("bad_deadline", node, "say_start_or_meet")
    return DeadlineRule(
        code=_needed(child, "code", node),
        start=start,
        meet=meet,
        from_=child.get("from"),
        fires=fires,
        condition=child.get("if"),
    )


def _lock(child: etree._Element, node: str) -> Lock:
    shut = child.get("on", "all")
    if shut not in {"all", "checkpoints"}:
        raise UnreadableDiagram(f"unknown_lock:{shut}", node, "check_spelling")
    return Lock(shut == "checkpoints", words(child.get("cites")))


def _vote(child: etree._Element, node: str) -> Vote:
    rule = _enum(VoteRule, _needed(child, "rule", node), node)
    ends = child.get("ends", "certain" if rule is VoteRule.ANY else "all")
    if ends not in {"all", "certain"}:
        raise UnreadableDiagram(f"unknown_end:{ends}", node, "check_spelling")
    return Vote(
        fact=_needed(child, "fact", node),
        assent=_needed(child, "for", node),
        dissent=_needed(child, "against", node),
        rule=rule,
        share=_share(child, node) if rule is VoteRule.SHARE else None,
        early=ends == "certain",
        cites=words(child.get("cites")),
    )


def _share(child: etree._Element, node: str) -> Fraction:
    try:
        share = Fraction(_needed(child, "share", node))
    except (ValueError, ZeroDivisionError) as error:
        raise UnreadableDiagram("bad_share", node, "write_a_number") from error
    if not 0 < share <= 1:
        raise UnreadableDiagram("bad_share", node, "write_a_number")
    return share


def _needed(child: etree._Element, name: str, node: str) -> str:
    text: str | None = child.get(name)
    if not text:
        reason = f"missing:{xml.local(child)}.{name}"
        raise UnreadableDiagram(reason, node, "fill_it_in")
    return text


def words(text: str | None) -> tuple[str, ...]:
    """Return the codes of a list that spaces part."""
    return tuple((text or "").split())


def _capacity(text: str, node: str) -> Capacity:
    return _enum(Capacity, text, node)


def _enum(kind: type[_Word], text: str, node: str) -> _Word:
    try:
        return kind(text)
    except ValueError as error:
        reason = f"unknown_{kind.__name__}:{text}"
        raise UnreadableDiagram(reason, node, "check_spelling") from error
