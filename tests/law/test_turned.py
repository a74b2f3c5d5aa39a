"""Each switch of a settled point is turned, and something else is seen.

What is seen on either side was written down from the matrix and the clauses.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from engine.bpmn.expressions import compile_expression
from engine.rules import gates, jurisdiction
from engine.rules.deadlines import SHANGHAI
from engine.rules.gates import LineState
from storage.vocabulary import (
    ClockStart,
    DocumentStatus,
    Leave,
    Operation,
    Post,
    RecordForm,
    TermUnit,
)
from tests.law.asked import Ruling
from tests.law.packs import ISSUERS, PROCESSES, calendar, facts, pack, rules
from tests.law.paperchecks import NOW, of
from tests.law.test_points import POINTS
from tests.law.test_switches import _lines, _rules

PDS, DL, SH, QY, ZH = ISSUERS
MOMENT = datetime(2026, 9, 30, 10, tzinfo=SHANGHAI)


def condition(process, element):
    """Return the condition that an element of a diagram carries."""
    text = (PROCESSES / process / f"{process}.bpmn").read_text("utf-8")
    (found,) = re.findall(rf'<{element}[^>]* (?:if|require)="([^"]+)"', text)
    return compile_expression(found.replace("&lt;", "<"))


def holds(expression, **known):
    """Say whether a condition holds when these facts, and no others, are known."""
    return bool(expression(dict.fromkeys(facts().names) | {"outcome": {}} | known))


@pytest.mark.clause("pds-2019-12c", "dl-8b")
@pytest.mark.parametrize("issuer", [PDS, DL])
@pytest.mark.parametrize(("reading", "met"), [("approved", False), ("submitted", True)])
def test_d_01_a_paper_that_is_submitted_meets_its_term_or_does_not(
    issuer, reading, met
):
    """补报 meets the term when it is handed in; 补批 only when it is approved."""
    expression = condition(
        "emergency", 'rec:deadline code="emergency_approval" meet="complete"'
    )
    found = _rules(issuer, emergency_satisfied_by=reading).parameters

    assert holds(expression, param=found) is met


@pytest.mark.clause("pds-2019-12b")
@pytest.mark.parametrize("issuer", [PDS, DL])
@pytest.mark.parametrize(("first", "begins"), [(True, False), (False, True)])
def test_d_02_nothing_begins_without_consent_where_it_comes_first(
    issuer, first, begins
):
    """The guard refuses an act that nobody consented to, if consent comes first."""
    expression = condition("emergency", 'rec:guard code="consent_comes_first"')
    found = _rules(issuer, emergency_oral_consent=first).parameters

    assert holds(expression, param=found) is begins


@pytest.mark.clause("qy-zn-pen-01-is-a")
@pytest.mark.parametrize(
    ("reading", "registered", "accepted"),
    [("source_registered", True, False), ("accepted", False, True)],
)
def test_d_06_the_clock_begins_at_the_registration_or_at_the_acceptance(
    reading, registered, accepted
):
    """Of the two starts that the diagram has, the switch lets one begin the clock."""
    code = 'rec:deadline code="acceptance_record" start'
    found = _rules(QY, acceptance_record_from=reading).parameters
    begins = [
        holds(condition("penalty", f'{code}="{at}"'), param=found)
        for at in ("open", "complete")
    ]

    assert begins == [registered, accepted]


@pytest.mark.clause("dl-13a")
@pytest.mark.parametrize(
    ("reading", "record", "filmed"),
    [
        ("when_recorded", {"onsite_record": {"place": "金马路88号"}}, True),
        ("when_recorded", {}, False),
        ("always", {}, True),
        ("never", {"onsite_record": {"place": "金马路88号"}}, False),
    ],
)
def test_d_18_a_license_review_is_filmed_as_its_record_has_it(reading, record, filmed):
    """When it is written down as an on-site inspection, or always, or never."""
    known = {"document": record}
    found = _lines(DL, "license.onsite", known, license_review_recording=reading)

    assert ("dl-13a" in found) is filmed


@pytest.mark.parametrize("issuer", [QY, DL, PDS])
@pytest.mark.parametrize(("reading", "enough"), [("members", False), ("none", True)])
def test_d_26_the_frozen_record_of_a_discussion_is_enough_or_is_not(
    issuer, reading, enough
):
    """Each member signs; if none need, the text that was settled on will do."""
    ruleset = _rules(issuer, discussion_signatures=reading)
    (asked,) = [
        each
        for each in ruleset.records("discussion.record")
        if each.codes == ("collective_discussion_record",)
    ]
    paper = of(asked, asked.codes[0], DocumentStatus.PREPARED)
    (line,) = gates.evaluate(
        [asked],
        task_id=paper.task_id,
        scope=paper.scope,
        records=[paper],
        judgements=(),
        waivers=(),
        now=NOW,
    ).lines

    assert (line.state is LineState.SATISFIED) is enough


def turned(issuer, place, code, **change):
    """Return the rules of an authority one of whose entries reads otherwise."""
    own = pack(issuer)
    entries = tuple(
        replace(each, **change) if code in each.cites else each
        for each in getattr(own, place)
    )
    assert entries != getattr(own, place)
    changed = replace(own, **{place: entries})
    return jurisdiction.resolve(pack("national"), changed, rules(issuer).on)


@pytest.mark.parametrize(
    ("issuer", "code", "clause", "unit", "ends"),
    [
        (QY, "docketing", "qy-zn-pen-02-is-a", TermUnit.WORKING_DAY, "10-07 10-15"),
        (QY, "footage_deposit", "qy-zd-9a", TermUnit.DAY, "10-09 10-02"),
        (PDS, "archiving", "pds-2019-18a", TermUnit.WORKING_DAY, "10-30 11-17"),
    ],
)
def test_d_05_the_unit_moves_the_end(issuer, code, clause, unit, ends):
    """日 read as 工作日, or the other way: another last day, over National Day."""
    sides = [rules(issuer), turned(issuer, "terms", clause, unit=unit)]
    found = [
        side.compared[code][0].last_day(MOMENT, calendar()).strftime("%m-%d")
        for side in sides
    ]

    assert found == ends.split()


@pytest.mark.parametrize(
    ("issuer", "code", "clause", "start"),
    [
        (PDS, "footage_deposit", "pds-2019-18c", ClockStart.RETURNED),
        (QY, "archiving", "qy-zd-13e", ClockStart.ACT_ENDED),
    ],
)
def test_d_03_d_07_a_term_is_counted_from_another_event(issuer, code, clause, start):
    """The event that a term is counted from is the entry's."""
    before = rules(issuer).terms[code].starts
    after = turned(issuer, "terms", clause, starts=start).terms[code].starts

    assert (before != start, after) == (True, start)


def test_d_10_an_authority_may_name_who_reviews():
    """Nobody reviews in Dalian; named in the entry, somebody does."""
    (entry,) = [e for e in pack(DL).waivers if e.at == "inspection.onsite"]
    rule = replace(entry.rule, approvers=(Post.UNIT_HEAD,))
    found = turned(DL, "waivers", "dl-13b", rule=rule).waiver(
        "inspection.onsite", RecordForm.RECORDING, "video"
    )

    assert entry.rule.approvers == ()
    assert found.approvers == (Post.UNIT_HEAD,)


@pytest.mark.parametrize(
    ("issuer", "clause", "codes"),
    [(QY, "qy-zn-pen-14-public-av", ("video",)), (SH, "sh-m-2-2-1g", ("photo",))],
)
def test_d_21_another_medium_is_asked_for(issuer, clause, codes):
    """拍照, 录音录像: which will do is the record's."""
    own = pack(issuer)
    (entry,) = [e for e in own.records if clause in e.cites]
    key = f"recording:{codes[0]}"
    other = replace(entry.requirement, codes=codes, key=key)
    known = {"mode": "announcement", "outcome": {"serve": "served"}}
    sides = [
        next(
            line.requirement.codes
            for line in Ruling(side).lines("service.delivery", known)
            if clause in line.cites
        )
        for side in (
            rules(issuer),
            turned(issuer, "records", clause, requirement=other),
        )
    ]

    assert sides == [entry.requirement.codes, codes]
    assert entry.requirement.codes != codes


@pytest.mark.parametrize(
    ("issuer", "clause", "change"),
    [
        (QY, "qy-zd-15c", {"approvers": (Post.UNIT_HEAD,)}),  # d-32
        (PDS, "pds-2019-20a", {"approvers": (Post.DEPUTY_HEAD,)}),  # d-33
        (ZH, "zh-dy-7a", {"operations": (Operation.COPY,)}),  # d-34
        (ZH, "zh-dy-6a", {"leave": Leave.NOT_STATED}),  # d-35
        (QY, "qy-yqj-16g", {"leave": Leave.NONE}),  # d-36
    ],
)
def test_d_32_to_d_36_who_sees_what_by_whose_leave(issuer, clause, change):
    """Requester, material, operations, leave and approvers are the entry's."""
    (key,) = change
    sides = [
        {getattr(e, key) for e in side.access if clause in e.cites}
        for side in (rules(issuer), turned(issuer, "access", clause, **change))
    ]

    assert sides[0] != sides[1] == {change[key]}


@pytest.mark.parametrize(
    ("name", "issuer", "value"),
    [
        ("minimum_panel", QY, 5),  # d-27
        ("disc_copies", ZH, 1),  # d-41
        ("network", PDS, "any"),  # d-48
        ("monitoring_room_notice", PDS, 4),  # d-50
    ],
)
def test_a_value_is_read_as_it_is_turned(name, issuer, value):
    """Every condition and screen reads the value that the pack gives."""
    assert rules(issuer).parameters[name] != value
    assert _rules(issuer, **{name: value}).parameters[name] == value


@pytest.mark.parametrize("point", POINTS)
def test_a_point_has_a_switch_or_says_why_not(point):
    """Where there are two readings, it names what turns them; else why not."""
    found = POINTS[point]

    assert ("switch" in found) is not ("no_choice" in found)
