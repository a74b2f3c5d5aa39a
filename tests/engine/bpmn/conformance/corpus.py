"""What the conformance tests share: small files, and a catalogue that knows them."""

from __future__ import annotations

from engine.bpmn.findings import Catalogue
from tests.engine.bpmn.drawing import HEAD

KNOWN = Catalogue(
    activities=frozenset({"act"}),
    facts=frozenset({"people", "flag", "fine"}),
    documents=frozenset(),
    decisions=frozenset(),
    operations=frozenset(),
    processes=frozenset({"q"}),
    terms=frozenset({"t"}),
    clauses=frozenset(),
)
TIMER = (
    "<extensionElements><rec:deadline code='t' start='open' fires='true'/>"
    "</extensionElements><timerEventDefinition/>"
)


def said(form: str, text: str) -> str:
    """Return the definition of a timer that says its time in the diagram."""
    return f"<timerEventDefinition><{form}>{text}</{form}></timerEventDefinition>"


def wrapped(
    body: str, key: str = "p", attributes: str = "isExecutable='true'"
) -> bytes:
    """Return a file with one process that ends at ``e``."""
    return (
        f'{HEAD}<process id="{key}" rec:version="1" {attributes}>{body}'
        '<endEvent id="e"/></process></definitions>'
    ).encode()


def flows(*pairs: str) -> str:
    """Return a flow for each ``source target``."""
    return "".join(
        f"<sequenceFlow id='{source}_{target}' sourceRef='{source}' "
        f"targetRef='{target}'/>"
        for source, target in (pair.split() for pair in pairs)
    )
