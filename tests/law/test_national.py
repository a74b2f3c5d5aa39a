"""The national base, its terms and separations left out or changed, one at a time.

What is expected was written down from the law (the table of timers, the rules of
separation), never from the pack. A change that nothing expects otherwise is named.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from uuid import UUID

import pytest

from engine.rules import jurisdiction
from engine.rules.authority import Held, check_separation
from engine.rules.errors import SeparationOfDuties
from storage.vocabulary import Capacity, TermUnit
from tests.law.packs import ISSUERS, pack, rules
from tests.law.test_timers import DEDUCTIONS, EXTENSIONS, TIMERS

DAY = date(2026, 3, 9)
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
#: Who may well be whom: the panel handles the case, the archivist keeps its films.
TOGETHER = [
    (C.HANDLER, C.PANEL_MEMBER),
    (C.APPROVER, C.COMMITTEE_MEMBER),
    (C.ARCHIVIST, C.FOOTAGE_CUSTODIAN),
    (C.FINANCE, C.PUBLISHER),
]


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
    found += [pair for pair in TOGETHER if refused(*pair, ruleset) is not None]
    cites = refused(C.FOOTAGE_CUSTODIAN, C.HANDLER, ruleset)
    if set(cites or ()) != KEEPS.get(issuer, set()):
        found.append((C.FOOTAGE_CUSTODIAN, C.HANDLER))
    return found


@pytest.mark.clause("pl-57", "pl-58", "pl-64", "pl-67", "dl-28a", "qy-zd-9b")
@pytest.mark.parametrize("issuer", ISSUERS)
def test_who_may_not_be_whom(issuer):
    """Every pair that the law parts, in either order, and no other."""
    assert parted_wrongly(issuer, rules(issuer)) == []


def separations_changed(name):
    """Yield the separations of a pack, each left out or changed once."""
    entries = pack(name).separations
    for index, entry in enumerate(entries):
        rest = entries[:index], entries[index + 1 :]
        yield f"{entry.rule} left out", (*rest[0], *rest[1])
        changed = [
            *((f"without {c}", {"capacities": entry.capacities - {c}}) for c in C),
            *((f"not from {c}", {"apart_from": entry.apart_from - {c}}) for c in C),
            *((f"without {c}", {"cites": _less(entry, c)}) for c in entry.cites),
        ]
        for what, change in changed:
            other = replace(entry, **change)
            if other != entry:
                yield f"{entry.rule} {what}", (*rest[0], other, *rest[1])


def _less(entry, clause):
    return tuple(each for each in entry.cites if each != clause)


#: Of two clauses of one rule, the law's table names the first.
_SECOND = {"SD1 without pl-47"}


@pytest.mark.parametrize("name", ["national", *KEEPS])
def test_every_change_of_a_separation_is_noticed(name):
    """Left out, narrowed or cited otherwise, some pair is no longer parted so."""
    issuers = ISSUERS if name == "national" else (name,)
    unseen = {
        what
        for what, entries in separations_changed(name)
        if not any(
            parted_wrongly(issuer, _resolved(name, issuer, separations=entries))
            for issuer in issuers
        )
    }

    assert unseen - _SECOND == set()


def _resolved(name, issuer, **changes):
    national, own = pack("national"), pack(issuer)
    if name == "national":
        national = replace(national, **changes)
    else:
        own = replace(own, **changes)
    return jurisdiction.resolve(national, own, DAY)


def counted_wrongly(resolved):
    """Return the timers whose terms differ from the table of the law."""
    found = [
        (code, issuer)
        for _, issuer, code, length, unit, right, rolls, clause in TIMERS
        if (term := resolved(issuer).terms.get(code)) is None
        or (term.length, term.unit.value, term.right, term.rolls)
        != (length, unit, right, rolls)
        or clause not in term.cites
    ]
    for code, (extends, times, posts) in EXTENSIONS.items():
        term = resolved("pingdingshan").terms.get(code)
        if term is not None:
            told = (term.extends, term.extend_times, set(map(str, term.extended_by)))
            found += [(code, "more")] * (told != (extends, times, posts))
    for code, (grounds, written) in DEDUCTIONS.items():
        term = resolved("pingdingshan").terms.get(code)
        if term is not None:
            told = (set(term.deducts), set(term.in_writing))
            found += [(code, "less")] * (told != (grounds, written))
    return found


def terms_changed():
    """Yield the national terms, each left out or changed once."""
    entries = pack("national").terms
    units = list(TermUnit)
    for index, term in enumerate(entries):
        rest = entries[:index], entries[index + 1 :]
        yield f"{term.code} left out", (*rest[0], *rest[1])
        other_unit = units[(units.index(term.unit) + 1) % len(units)]
        changes = {
            "length": {"length": term.length + 1},
            "unit": {"unit": other_unit},
            "right": {"right": not term.right},
            "rolls": {"rolls": not term.rolls},
            "extends": {"extends": term.extends + 1} if term.extended_by else {},
            "extended_by": {"extended_by": term.extended_by[1:]},
            "deducts": {"deducts": term.deducts[1:]},
            "in_writing": {"in_writing": term.in_writing[1:]},
        }
        for what, change in changes.items():
            changed = replace(term, **change)
            if changed != term:
                yield f"{term.code} {what}", (*rest[0], changed, *rest[1])


def test_the_terms_are_those_of_the_table():
    """Nothing differs before anything is changed."""
    assert counted_wrongly(rules) == []


def test_every_change_of_a_national_term_is_noticed():
    """Length, unit, whose it is, whether it rolls, more time, days left out."""
    unseen = set()
    for what, entries in terms_changed():
        resolved = cache(lambda i, e=entries: _resolved("national", i, terms=e))
        if not counted_wrongly(resolved):
            unseen.add(what)

    assert unseen == set()
