"""Who may not be whom in one case: the pairs that the law parts, and no other.

What is expected was written down from the law's rules of separation (law.md 0.3),
never from the packs.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations
from uuid import UUID

from engine.rules.authority import Held, check_separation
from engine.rules.errors import SeparationOfDuties
from storage.vocabulary import Capacity

C = Capacity
_ANYBODY = UUID(int=1)

#: Who may not be whom in one case, by the rule's clause: SD1, SD3, SD4, SD8.
APART = [
    (C.HANDLER, C.REVIEWER, "pl-57"),
    (C.HANDLER, C.APPROVER, "pl-57"),
    (C.REVIEWER, C.APPROVER, "pl-57"),
    (C.LEGAL_REVIEWER, C.HANDLER, "pl-58"),
    (C.LEGAL_REVIEWER, C.PANEL_CHAIR, "pl-58"),
    (C.LEGAL_REVIEWER, C.PANEL_MEMBER, "pl-58"),
    (C.HEARING_OFFICER, C.HANDLER, "pl-64"),
    (C.HEARING_OFFICER, C.PANEL_CHAIR, "pl-64"),
    (C.HEARING_OFFICER, C.PANEL_MEMBER, "pl-64"),
    (C.HEARING_OFFICER, C.LEGAL_REVIEWER, "pl-64"),
    (C.FINANCE, C.HANDLER, "pl-67"),
]
#: SD9: the recording officer does not keep the film, where the text says so.
KEEPS = {
    "dalian_jinpu": {"dl-28a", "dl-28d"},
    "qingyuan": {"qy-zd-9b", "qy-yqj-12b"},
}
_FILM = frozenset({C.FOOTAGE_CUSTODIAN, C.HANDLER})
#: From when each law holds; the packs of two authorities begin on a day of their own.
_DAYS = {
    "pl": date(2021, 7, 15),
    "dl": date(2019, 12, 31),
    "qy": date(2017, 10, 27),
}


def _days(cites):
    return {_DAYS[clause.split("-")[0]] for clause in cites}


def refused(one, other, ruleset):
    """Return by which clauses somebody who was *other* may not be *one*; None: may."""
    try:
        check_separation(one, _ANYBODY, [Held(other, _ANYBODY)], ruleset.separation)
    except SeparationOfDuties as refusal:
        return refusal.cites
    return None


def parted_wrongly(issuer, ruleset):
    """Return in what the separations of an authority differ from the law's."""
    found = []
    for one, other, clause in APART:
        for first, second in ((one, other), (other, one)):
            cites = refused(first, second, ruleset)
            if cites is None or clause not in cites:
                found.append((first, second))
    parted = {frozenset(pair[:2]) for pair in APART} | {_FILM}
    found += [
        (one, other)
        for one, other in combinations(C, 2)
        if {one, other} not in parted and refused(one, other, ruleset) is not None
    ]
    found += [e.rule for e in ruleset.separation if e.since not in _days(e.cites)]
    cites = refused(C.FOOTAGE_CUSTODIAN, C.HANDLER, ruleset)
    if set(cites or ()) != KEEPS.get(issuer, set()):
        found.append((C.FOOTAGE_CUSTODIAN, C.HANDLER))
    return found
