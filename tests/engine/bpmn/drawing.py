"""Small diagrams for tests, written as lines (or with ``;``) instead of XML.

``user a``, ``xor g``, ``on a message m``, ``a -> b if x > 1``, ``a -> b else``;
``sub s`` opens an embedded subprocess and ``done`` closes it; ``subs s people`` and
``each c process people`` are carried out once for each. ``timer t PT36H`` and
``on a timer t R3/PT24H`` say their time themselves.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:rec="urn:casetrack:rec:1">'
)
_MESSAGE = "<messageEventDefinition/>"
_TIMER = (
    "<extensionElements><rec:deadline code='{0}' start='open' fires='true'/>"
    "</extensionElements><timerEventDefinition/>"
)
#: How the text of each form of BPMN begins.
_FORMS = (("[0-9]", "timeDate"), ("-?P[0-9T]", "timeDuration"), ("R.*/", "timeCycle"))
_TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "events": "eventBasedGateway",
}


def wrap(body: str, key: str = "p") -> bytes:
    """Return a file with one process."""
    return (
        f'{HEAD}<process id="{key}" isExecutable="true" rec:version="1">{body}'
        "</process></definitions>"
    ).encode()


def draw(text: str, key: str = "p") -> bytes:
    """Return the file that the lines describe."""
    lines = [
        line.strip() for line in text.replace(";", "\n").splitlines() if line.strip()
    ]
    defaults = {
        line.split(" -> ")[0]: number
        for number, line in enumerate(lines)
        if line.endswith(" else")
    }
    body = []
    for number, line in enumerate(lines):
        if " -> " in line:
            body.append(_flow(number, line))
        else:
            body.append(_node(line.split(), defaults))
    return wrap("".join(body), key)


def _flow(number: int, line: str) -> str:
    source, rest = line.removesuffix(" else").split(" -> ")
    target, _, condition = rest.partition(" if ")
    inner = ""
    if condition:
        text = condition.replace("&", "&amp;").replace("<", "&lt;")
        inner = f"<conditionExpression>{text}</conditionExpression>"
    return (
        f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</sequenceFlow>"
    )


def _node(words: list[str], defaults: dict[str, int]) -> str:
    kind, name, *rest = words
    if kind in _TAGS:
        default = f' default="f{defaults[name]}"' if name in defaults else ""
        return f'<{_TAGS[kind]} id="{name}"{default}/>'
    return _WRITERS[kind](kind, name, rest)


def _user(_kind: str, name: str, values: list[str]) -> str:
    outcomes = "".join(f"<rec:outcome value={quoteattr(v)}/>" for v in values)
    return (
        f'<userTask id="{name}" name="{name}" rec:activity="act.{name}" '
        f'rec:capacity="handler"><extensionElements>{outcomes}'
        "</extensionElements></userTask>"
    )


def _catch(kind: str, name: str, rest: list[str]) -> str:
    term = rest[0] if rest else name
    inner = _MESSAGE if kind == "message" else _timer(term)
    return f'<intermediateCatchEvent id="{name}">{inner}</intermediateCatchEvent>'


def _timer(said: str) -> str:
    """Return the definition of a timer by its term, or the time that it says."""
    form = next((form for sign, form in _FORMS if re.match(sign, said)), None)
    if form is None:
        return _TIMER.format(said)
    return f"<timerEventDefinition><{form}>{said}</{form}></timerEventDefinition>"


def _boundary(kind: str, host: str, rest: list[str]) -> str:
    what, event, *time = rest
    inner = _MESSAGE if what == "message" else _timer(*time or [event])
    cancel = "true" if kind == "on!" else "false"
    return (
        f'<boundaryEvent id="{event}" attachedToRef="{host}" '
        f'cancelActivity="{cancel}">{inner}</boundaryEvent>'
    )


def _call(_kind: str, name: str, rest: list[str]) -> str:
    subject = f' rec:subject="{rest[1]}"' if rest[1:] else ""
    return f'<callActivity id="{name}" calledElement="{rest[0]}"{subject}/>'


def _members(kind: str, name: str, rest: list[str]) -> str:
    sequential = "true" if kind == "queue" else "false"
    until = f"<completionCondition>{' '.join(rest[1:])}</completionCondition>"
    return (
        f'<userTask id="{name}" name="{name}" rec:activity="act.{name}" '
        f'rec:capacity="panel_member" rec:members="{rest[0]}">'
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"<loopCardinality>len({rest[0]})</loopCardinality>"
        f"{until if rest[1:] else ''}"
        "</multiInstanceLoopCharacteristics></userTask>"
    )


def _each(kind: str, name: str, rest: list[str]) -> str:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>"
        f"len({rest[-1]})</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    if kind == "subs":
        return f'<subProcess id="{name}">{loop}'
    return f'<callActivity id="{name}" calledElement="{rest[0]}">{loop}</callActivity>'


def table(
    key: str, inputs: list[str], outputs: list[str], rules: list[str], policy: str = ""
) -> bytes:
    """Return a DMN file; a rule is ``cell | cell -> value ; cites``."""
    columns = "".join(
        f'<input id="i{n}"><inputExpression><text>{text}</text></inputExpression>'
        "</input>"
        for n, text in enumerate(inputs)
    )
    columns += "".join(f'<output id="o{n}" name="{n}"/>' for n in outputs)
    rows = ""
    for number, rule in enumerate(rules, start=1):
        left, _, right = rule.partition("->")
        values, _, cites = right.partition(";")
        rows += f'<rule id="r{number}">'
        rows += "".join(_entry("inputEntry", cell) for cell in left.split("|"))
        rows += "".join(_entry("outputEntry", cell) for cell in values.split("|"))
        rows += _entry("annotationEntry", cites) + "</rule>"
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
        f'<decision id="{key}" name="{key}"><decisionTable {policy}>{columns}'
        f'<annotation name="cites"/>{rows}</decisionTable></decision></definitions>'
    ).encode()


def _entry(tag: str, text: str) -> str:
    text = text.strip().replace("&", "&amp;").replace("<", "&lt;")
    return f"<{tag}><text>{text}</text></{tag}>"


_WRITERS = {
    "terminate": lambda _kind, name, _rest: (
        f'<endEvent id="{name}"><terminateEventDefinition/></endEvent>'
    ),
    "user": _user,
    "panel": _members,
    "queue": _members,
    "message": _catch,
    "timer": _catch,
    "on": _boundary,
    "on!": _boundary,
    "call": _call,
    "decide": lambda _kind, name, rest: (
        f'<businessRuleTask id="{name}" rec:decision="{rest[0]}"/>'
    ),
    "serve": lambda _kind, name, rest: (
        f'<serviceTask id="{name}" rec:operation="{rest[0]}"/>'
    ),
    "each": _each,
    "subs": _each,
    "receive": lambda _kind, name, _rest: f'<receiveTask id="{name}"/>',
    "sub": lambda _kind, name, _rest: f'<subProcess id="{name}">',
    "done": lambda _kind, _name, _rest: "</subProcess>",
}
