"""Whether the terms of a ruleset are those of the frame's table, key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.law.test_timers import DEDUCTIONS, EXTENSIONS, TIMERS

_FRAME = tomllib.loads((Path(__file__).parent / "frame_terms.toml").read_text("utf-8"))
_QY_DEPOSIT = (0, 0, {"deputy_head"})  # qy-zd-9c: no length, no number of times


@cache
def _timers():
    found = {}
    for _, issuer, code, *expected in TIMERS:
        found.setdefault(code, {})[issuer] = expected
    return found


def terms(issuer, found) -> Iterator[str]:
    """Compare terms in force, those of one pack, with the table; yield what differs.

    Args:
        issuer: whose pack the terms stand in; ``national`` for the base.
        found: the terms, each of one code and one source.
    """
    for term in found:
        rows = _timers().get(term.code, {})
        own = rows.get(issuer)
        if own is None and issuer == "national":
            own = next(iter(rows.values()), None)
        if own is None:
            continue
        length, unit, right, rolls, _ = own
        if issuer == "national" and term.code in {"docketing", "license_issue"}:
            length, unit, right, rolls, _ = rows[_NATIONAL[term.code]]
        if (term.length, term.unit.value) != (length, unit):
            yield f"{term.code} is {term.length} {term.unit}"
        if (term.right, term.rolls) != (right, rolls):
            yield f"{term.code} is a right: {term.right}, rolls: {term.rolls}"
        yield from _moved(issuer, term)
        yield from _told(issuer, term)


#: Of codes that the nation and an authority both have: whose row is the nation's.
_NATIONAL = {"docketing": "pingdingshan", "license_issue": "shanghai"}


def _moved(issuer, term) -> Iterator[str]:
    """Compare what moves the end: more time, days left out, where it begins."""
    more = EXTENSIONS.get(term.code, (0, 0, set()))
    if (issuer, term.code) == ("qingyuan", "footage_deposit"):
        more = _QY_DEPOSIT
    if (term.extends, term.extend_times, {*map(str, term.extended_by)}) != more:
        yield f"{term.code} is extended by {term.extends} {term.extended_by}"
    less = DEDUCTIONS.get(term.code, (set(), set()))
    if ({*term.deducts}, {*term.in_writing}) != less:
        yield f"{term.code} leaves out {term.deducts}"
    for key, codes in _FRAME["kind"].items():
        if getattr(term, key) is not (term.code in codes):
            yield f"{term.code} {key}: {getattr(term, key)}"
    if issuer == "national" and (term.starts or term.procedures):
        yield f"{term.code} starts at {term.starts} in {term.procedures}"


def _told(issuer, term) -> Iterator[str]:
    expected = _FRAME.get(issuer, {}).get(term.code) or _FRAME["every"][term.code]
    warn, warned, ends = (part.split() for part in expected.split("|"))
    if list(term.warn) != [int(each) for each in warn]:
        yield f"{term.code} warns {term.warn}"
    if {*map(str, term.warned)} != {*warned} or {*map(str, term.escalates)} != {*ends}:
        yield f"{term.code} tells {term.warned}, {term.escalates}"
