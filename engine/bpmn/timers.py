"""Timers that say their time in the diagram, as BPMN 2.0 has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from engine.bpmn import xml
from engine.bpmn.extensions import flag
from engine.bpmn.model import DeadlineRule, Node, Process
from engine.rules.deadlines import Term
from engine.rules.timers import TimeForm, Timer, TimerFault, timer_of
from storage.vocabulary import TermUnit

#: What the code of a deadline begins with that a diagram itself draws.
DRAWN = "timer:"
#: So long is the column of codes.
_CODE = 60
_DIGEST = 16

_EVENT = "timerEventDefinition"
_NOTES = frozenset({"extensionElements", "documentation"})


def code_of(process: str, element: str) -> str:
    """Return the code of the deadline that a timer draws, by where it stands."""
    place = f"{process}/{element}"
    if len(DRAWN + place) <= _CODE:
        return DRAWN + place
    digest = hashlib.sha256(place.encode()).hexdigest()[:_DIGEST]
    short = f"{DRAWN}{digest}/{element}"
    return short if len(short) <= _CODE else DRAWN + digest


def read_timer(element: etree._Element) -> Timer | None:
    """Return the time that an event says; None: none, or none that can be kept."""
    for definition in xml.children(element, xml.BPMN, _EVENT):
        times = _times(definition)
        if len(times) == 1 and not _markup(times[0]):
            found = _said(times[0])
            return found if isinstance(found, Timer) else None
    return None


def rule_of(timer: Timer | None, process: str, element: str) -> Iterator[DeadlineRule]:
    """Yield the deadline that begins when the timer waits, and wakes it."""
    if timer is not None:
        yield DeadlineRule(
            code=code_of(process, element),
            start="open",
            meet=None,
            from_=None,
            fires=True,
            condition=None,
        )


def timer_faults(event: etree._Element, definition: etree._Element) -> Iterator[str]:
    """Yield what keeps the time of a timer event from being kept."""
    times = _times(definition)
    if len(times) > 1:
        yield "timer:several"
    for time in times:
        markup = _markup(time)
        if markup:
            yield markup
            continue
        said = _said(time)
        if isinstance(said, str):
            yield f"timer:{said}"
        elif said.form is TimeForm.CYCLE:
            if xml.local(event) != "boundaryEvent":
                yield "timer:cycleCaught"
            elif flag(event.get("cancelActivity"), default=True):
                yield "timer:cycleInterrupts"


def drawn_terms(models: Iterable[Process]) -> Mapping[str, Term]:
    """Return the terms that diagrams draw, by the codes of their deadlines.

    Nobody is late when one ends: a duty and its period stand in the law's packs.
    """
    return {
        term.code: term
        for model in models
        for node in model.nodes.values()
        for term in _term(node)
    }


def _term(node: Node) -> Iterator[Term]:
    if node.timer is not None:
        yield Term(
            code=code_of(node.process, node.id),
            length=0,
            unit=TermUnit.SECOND,
            right=True,
            cites=node.cites,
            label=node.name,
            timer=node.timer,
            source=node.process,
        )


def _times(definition: etree._Element) -> list[etree._Element]:
    return [
        child
        for child in definition
        if xml.namespace(child) == xml.BPMN and xml.local(child) not in _NOTES
    ]


def _markup(time: etree._Element) -> str | None:
    if time.get("language"):
        return "expressionLanguage"
    return "markupInExpression" if len(time) else None


def _said(time: etree._Element) -> Timer | TimerFault | str:
    if xml.local(time) not in set(TimeForm):
        return xml.local(time)
    text = xml.text_of(time)
    return "empty" if text is None else timer_of(TimeForm(xml.local(time)), text)
