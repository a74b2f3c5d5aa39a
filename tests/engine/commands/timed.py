"""A process whose diagram says its times itself, and what becomes of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from engine.commands import definitions, firing
from engine.commands.pinned import SHANGHAI
from engine.events import EventTag
from forms import registry
from storage.models import Deadline
from tests.engine.bpmn.conformance.corpus import flows, said
from tests.engine.bpmn.drawing import wrap
from tests.factories import shipped, stands_alone

SECOND = timedelta(seconds=1)
CODES = [definition.code for definition in registry.all()]
FIXED = datetime(2026, 5, 20, 9, tzinfo=SHANGHAI)
WORK = "rec:activity='penalty.investigation' rec:capacity='handler'"


def drawn(remind="R3/PT24H", limit="P1M", *, reminder="remind"):
    """Return a process whose timers say their time themselves.

    While somebody answers they are reminded; after a month nobody waits any more.
    An answer rests for 36 hours; while it is looked at, a round comes every week.
    """
    return wrap(
        f"""<startEvent id="start"/><endEvent id="end"/>
        <userTask id="answer" name="答复" {WORK}/>
        <boundaryEvent id="{reminder}" name="催办" attachedToRef="answer"
          cancelActivity="false">{said("timeCycle", remind)}</boundaryEvent>
        <userTask id="urge" name="催促" {WORK}/><endEvent id="urged"/>
        <boundaryEvent id="limit" name="不再等候" attachedToRef="answer">
          {said("timeDuration", limit)}</boundaryEvent>
        <intermediateCatchEvent id="rest" name="静置">
          {said("timeDuration", "PT36H")}</intermediateCatchEvent>
        <userTask id="look" name="查看" {WORK}/>
        <boundaryEvent id="round" name="每周巡看" attachedToRef="look"
          cancelActivity="false">{said("timeCycle", "R/P7D")}</boundaryEvent>
        <userTask id="visit" name="巡看" {WORK}/><endEvent id="visited"/>
        <boundaryEvent id="fixed" name="到期" attachedToRef="look" rec:cites="pl-42"
          cancelActivity="false">{said("timeDate", "2026-05-20T09:00:00+08:00")}
        </boundaryEvent><endEvent id="noted"/>
        {
            flows(
                "start answer",
                "answer rest",
                "rest look",
                "look end",
                f"{reminder} urge",
                "urge urged",
                "limit end",
                "round visit",
                "visit visited",
                "fixed noted",
            )
        }""",
        "drawn",
    ).decode()


def publish(office, text):
    """Publish a drawing beside the law."""
    files = {path: t for path, t in shipped().items() if stands_alone(path)}
    with office.transaction() as tx:
        definitions.publish(tx, {**files, "drawn/drawn.bpmn": text}, CODES)


def opened(office, text=None):
    """Return a case that waits for its answer."""
    publish(office, text or drawn())
    return office.open_case(process="drawn")


def clocks(case, element):
    """Return the deadlines of a timer, the oldest first."""
    query = select(Deadline).where(Deadline.case_id == case.id)
    with case.office.reading() as session:
        rows = session.scalars(query.order_by(Deadline.base_at, Deadline.id))
        return [row for row in rows if row.code == f"timer:drawn/{element}"]


def sweep(office):
    """Let everything that is due take effect, as a worker does; returns how often."""
    times = 0
    while True:
        with office.transaction() as tx:
            found = firing.due(tx)
        for identifier in found:
            with office.transaction() as tx:
                times += firing.fire(tx, identifier)
        if not found:
            return times


def fired(case):
    """Return the codes of what took effect, in order."""
    tags = {EventTag.DEADLINE_FIRED, EventTag.DEADLINE_OVERDUE}
    told = [(e.tag, e.payload["facts"]["code"]) for e in case.events() if e.tag in tags]
    ours = [each for each in told if each[1].startswith("timer:")]
    assert {tag for tag, _ in ours} <= {EventTag.DEADLINE_FIRED}
    return [code.removeprefix("timer:drawn/") for _, code in ours]
