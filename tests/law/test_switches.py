from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.rules import jurisdiction
from storage.vocabulary import Level
from tests.law.asked import Ruling
from tests.law.packs import pack


def _lines(issuer, activity, known, **switched):
    """Return the lines of a gate when switches of an authority stand otherwise."""
    own = pack(issuer)
    parameters = tuple(
        replace(each, value=switched.get(each.name, each.value))
        for each in own.parameters
    )
    assert switched.keys() <= {each.name for each in own.parameters}
    changed = replace(own, parameters=parameters)
    rules = jurisdiction.resolve(pack("national"), changed, date(2026, 3, 9))
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
