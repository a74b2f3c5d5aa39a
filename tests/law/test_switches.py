from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.rules import jurisdiction
from storage.vocabulary import Level, RecordForm
from tests.law.asked import Ruling
from tests.law.packs import pack


def _rules(issuer, **switched):
    """Return the rules of an authority whose switches stand otherwise."""
    nation, own = (_switched(pack(name), switched) for name in ("national", issuer))
    known = {each.name for each in (*nation.parameters, *own.parameters)}
    assert switched.keys() <= known
    return jurisdiction.resolve(nation, own, date(2026, 3, 9))


def _switched(found, switched):
    return replace(
        found,
        parameters=tuple(
            replace(each, value=switched.get(each.name, each.value))
            for each in found.parameters
        ),
    )


def _lines(issuer, activity, known, **switched):
    """Return the lines of a gate when switches of an authority stand otherwise."""
    rules = _rules(issuer, **switched)
    return {
        clause: line.requirement.level
        for line in Ruling(rules).lines(activity, known)
        for clause in line.cites
    }


@pytest.mark.clause("sh-a1-5b", "sh-m-2-2-1c")
@pytest.mark.parametrize(
    ("reading", "kind", "filmed"),
    [
        ("mandatory", "routine", {"sh-a1-5b"}),
        ("mandatory", "random", {"sh-a1-5b", "sh-m-2-2-1c"}),
        ("optional", "routine", set()),
        ("optional", "random", {"sh-a1-5b", "sh-m-2-2-1c"}),
    ],
)
def test_shanghai_films_other_inspections_as_it_reads_its_annex(reading, kind, filmed):
    """The annex asks for film at every inspection; the notice at random ones only."""
    found = _lines(
        "shanghai",
        "inspection.onsite",
        {"document": {"inspection_approval": {"inspection_kind": kind}}},
        other_inspections=reading,
    )
    mandatory = {c for c, level in found.items() if level is Level.MANDATORY}

    assert mandatory & {"sh-a1-5b", "sh-m-2-2-1c"} == filmed


_STRICT = ("qy-zd-11-3", "qy-yqj-5-3", "qy-zd-11-4")


@pytest.mark.clause(
    "qy-zn-pen-03-av-b",
    "qy-zn-pen-07-av",
    "qy-zn-pen-14-direct-av",
    "qy-zn-coe-05-av",
    "qy-zn-coe-07-av",
)
@pytest.mark.parametrize(
    ("activity", "known", "guide"),
    [
        ("investigation.interview", {}, "qy-zn-pen-03-av-b"),
        ("service.delivery", {"mode": "personal"}, "qy-zn-pen-07-av"),
        ("service.delivery", {"mode": "personal"}, "qy-zn-pen-14-direct-av"),
        ("measure.defense", {}, "qy-zn-coe-05-av"),
        ("measure.lifting", {}, "qy-zn-coe-07-av"),
    ],
)
def test_qingyuan_films_by_the_policy_or_by_the_guide(activity, known, guide):
    """Read strictly the policy's 应当 holds; read by the guide somebody must answer."""
    strict = _lines("qingyuan", activity, known, recording_conflict="strict")
    by_guide = _lines("qingyuan", activity, known, recording_conflict="guide")

    assert strict[guide] is Level.MANDATORY
    assert {strict[c] for c in _STRICT if c in strict} == {Level.MANDATORY}
    assert by_guide[guide] is Level.CONDITIONAL
    assert by_guide.keys().isdisjoint(_STRICT)


@pytest.mark.clause("qy-zd-11-4")
@pytest.mark.parametrize(("reading", "filmed"), [("strict", True), ("guide", False)])
def test_the_guide_films_no_telling_of_a_measure(reading, filmed):
    """The guide has no film at that step; the policy films the whole measure."""
    found = _lines("qingyuan", "measure.notice", {}, recording_conflict=reading)

    assert ("qy-zd-11-4" in found) is filmed


@pytest.mark.clause("qy-xw-3d", "qy-zn-pen-08-av")
@pytest.mark.parametrize(
    ("reading", "room", "guide"),
    [("room", Level.MANDATORY, Level.MANDATORY), ("guide", None, Level.CONDITIONAL)],
)
def test_qingyuan_hears_a_defense_in_the_room_or_as_needed(reading, room, guide):
    """The room rule orders the room; the guide films when it is necessary."""
    found = _lines("qingyuan", "penalty.defense", {}, defense_recording=reading)

    assert found.get("qy-xw-3d") is room
    assert found["qy-zn-pen-08-av"] is guide


@pytest.mark.clause("qy-zn-pen-04-av")
@pytest.mark.parametrize(("reading", "asked"), [("at_panel", False), ("literal", True)])
def test_qingyuan_films_the_end_of_an_investigation_if_read_literally(reading, asked):
    """The guide repeats the panel's film there; the panel's own film is enough."""
    found = _lines(
        "qingyuan",
        "penalty.investigation_report",
        {},
        investigation_report_recording=reading,
    )

    assert ("qy-zn-pen-04-av" in found) is asked


@pytest.mark.clause("qy-xw-3b")
@pytest.mark.parametrize(
    ("reading", "place", "asked"),
    [
        ("in_office", "office", True),
        ("in_office", "onsite", False),
        ("always", "onsite", True),
    ],
)
def test_qingyuan_interviews_in_the_room(reading, place, asked):
    """In the office always; elsewhere too, if the rule is read to the letter."""
    found = _lines(
        "qingyuan",
        "investigation.interview",
        {"interview_place": place},
        interview_rooms=reading,
    )

    assert ("qy-xw-3b" in found) is asked


@pytest.mark.clause("qy-zd-19b", "qy-yqj-11b")
@pytest.mark.parametrize(
    ("reading", "posts"),
    [
        ("both", ("deputy_head", "agency_head")),
        ("system", ("agency_head",)),
        ("procedure", ("deputy_head",)),
    ],
)
def test_qingyuan_reviews_a_waiver_by_the_policy_the_procedure_or_both(reading, posts):
    """制度 names 主要领导, 规程 names 分管领导; read together, one after the other."""
    rule = _rules("qingyuan", waiver_review=reading).waiver(
        "inspection.onsite", RecordForm.RECORDING, "video"
    )

    assert rule.approvers == posts


@pytest.mark.parametrize(("reading", "heard"), [("leader", True), ("closed", False)])
def test_a_ground_that_no_list_names_is_heard_or_not(reading, heard):
    """Beyond Shanghai's list the leader decides first, unless the list is closed."""
    rules = _rules("shanghai", unlisted_ground=reading)
    (waiver,) = {asked.waiver for asked in rules.records("inspection.onsite")} - {None}

    assert (waiver.on("unlisted") is not None) is heard
    assert waiver.on("weather").approvers == ()
    if heard:
        beyond = waiver.on("unlisted")
        assert (beyond.approvers, beyond.after) == (("agency_head",), False)
