"""What each authority asks of rooms, from its clauses.

The expectations are read from the columns of the clauses, never from the packs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.rules import jurisdiction
from engine.rules.rooms import (
    APPROVAL,
    EQUIPMENT,
    IN_ROOMS,
    KEEPERS,
    NAMED,
    NOTICE,
    ahead,
    notice,
    room_rules,
)
from storage.vocabulary import RoomKind
from tests.law.asked import BOOKS, rows
from tests.law.packs import ISSUERS, pack, rules

PDS, DL, SH, QY, ZH = ISSUERS
DAY = date(2026, 3, 9)
#: A room in the words of a text → its kind.
KINDS = {
    "询问调查室": RoomKind.INTERVIEW,
    "调查询问室": RoomKind.INTERVIEW,
    "约谈室": RoomKind.INTERVIEW,
    "陈述申辩室": RoomKind.DEFENSE,
    "听证室": RoomKind.HEARING,
    "会议室": RoomKind.MEETING,
    "投诉接待室": RoomKind.RECEPTION,
    "执法监控室": RoomKind.MONITORING,
}
#: Service of the decision: in person only, and no record tells which paper it was.
NOT_HELD = {"qy-xw-3g"}


def _said(issuer, clause):
    return rows(BOOKS[issuer])[clause].says


def _cut(issuer, name):
    """Return the rules of an authority without one entry."""
    whole = pack(issuer)
    left = {
        "parameters": tuple(e for e in whole.parameters if e.name != name),
        "duties": tuple(e for e in whole.duties if e.code != name),
    }
    return jurisdiction.resolve(pack("national"), replace(whole, **left), DAY)


@pytest.mark.parametrize("issuer", [PDS, QY])
def test_acts_take_place_in_the_room_that_the_clause_names(issuer):
    """Every clause with a `venue` is cited, with the kind of room that it says."""
    asked = room_rules(rules(issuer, DAY))
    held = {
        row.id: KINDS[row.says["venue"]]
        for row in rows(BOOKS[issuer]).values()
        if row.says.get("venue") in KINDS and row.kind == "venue"
    }

    assert set(asked.held.cites) == held.keys() - NOT_HELD
    assert set(asked.kinds) == set(held.values())


def test_shanghai_takes_the_venues_that_it_lists():
    """上述音像记录场所 are those of the sentence before."""
    asked = room_rules(rules(SH, DAY))
    listed = _said(SH, "sh-m-2-2-3a")["venues"].split("|")

    assert asked.held.cites == ("sh-m-2-2-3b",)
    assert list(asked.kinds) == [KINDS[each] for each in listed]


@pytest.mark.parametrize("issuer", [DL, ZH])
def test_where_no_text_speaks_of_rooms_nothing_is_asked(issuer):
    """Silence stays silence."""
    asked = room_rules(rules(issuer, DAY))

    assert not any([asked.held, asked.approval, asked.equipment, asked.named])
    assert not any(notice(rules(issuer, DAY), kind) for kind in RoomKind)


def test_only_qingyuan_asks_for_leave_equipment_keepers_and_the_name():
    """Each by its clause; the checklist and the number are the text's."""
    asked = room_rules(rules(QY, DAY))
    others = [room_rules(rules(issuer, DAY)) for issuer in (PDS, SH)]

    assert asked.approval.cites == ("qy-xw-11a",)
    assert _said(QY, "qy-xw-11a")["approver"] == "not_stated"
    assert asked.equipment.cites == ("qy-xw-12",)
    assert list(asked.checklist) == _said(QY, "qy-xw-12")["checklist"].split("|")
    assert asked.named.cites == ("qy-xw-16b",)
    assert asked.keepers.number == int(_said(QY, "qy-xw-4b")["managers_min"])
    for other in others:
        assert not any([other.approval, other.equipment, other.named, other.keepers])


@pytest.mark.parametrize("kind", RoomKind)
def test_notice_is_asked_for_the_monitoring_room_alone(kind):
    """Two hours in Pingdingshan, and only of the resource that the clause names."""
    said = _said(PDS, "pds-2019-10a")
    asked = notice(rules(PDS, DAY), kind)
    meant = kind is KINDS[said["resource"]]

    assert asked.cites == (("pds-2019-10a",) if meant else ())
    hours = int(said["hours_before"]) if meant else 0
    assert ahead(asked) == timedelta(hours=hours)
    assert not notice(rules(QY, DAY), kind)


@pytest.mark.parametrize(
    ("issuer", "name", "what"),
    [
        (PDS, IN_ROOMS, "held"),
        (SH, IN_ROOMS, "held"),
        (QY, IN_ROOMS, "held"),
        (QY, APPROVAL, "approval"),
        (QY, EQUIPMENT, "equipment"),
        (QY, NAMED, "named"),
        (QY, KEEPERS, "keepers"),
    ],
)
def test_without_its_entry_nothing_is_asked(issuer, name, what):
    """Leaving an entry out of a pack takes the demand away, and nothing else does."""
    assert getattr(room_rules(rules(issuer, DAY)), what)
    assert not getattr(room_rules(_cut(issuer, name)), what)


def test_without_its_entry_no_notice_is_asked():
    """The two hours stand in one entry."""
    assert not notice(_cut(PDS, NOTICE[RoomKind.MONITORING]), RoomKind.MONITORING)


@pytest.mark.parametrize("issuer", [PDS, SH, QY])
def test_each_clause_on_rooms_has_a_record_that_shares_it(issuer):
    """A demand reaches a step by the clause that its record cites."""
    found = rules(issuer, DAY)
    shared = {c for e in found.record_entries for c in e.cites}

    assert set(room_rules(found).held.cites) <= shared
    assert all(re.match(r"(pds|sh|qy)-", c) for c in room_rules(found).held.cites)
