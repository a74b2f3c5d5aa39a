from __future__ import annotations

import random
import re
import tomllib
from dataclasses import fields, is_dataclass

import pytest

from storage.vocabulary import KeptBy
from tests.law import coverage, mutated
from tests.law.mutants import NOT_LAW, PLACES, mutants
from tests.law.oracle import BOOKS, Ruling, failures, rows
from tests.law.packs import PACKS, PROCESSES, pack, rules

FLOOR = tomllib.loads((PROCESSES / "clauses" / "floor.toml").read_text("utf-8"))
#: How many clauses are enforceable, record-only, organizational.
_TOTALS = {"yes": 489, "record": 192, "no": 28}


def test_no_clause_is_counted_twice_or_left_out():
    """The clauses of the five authorities are as many as their texts have."""
    found = {
        word: sum(coverage.counts(issuer, word)[0] for issuer in BOOKS)
        for word in _TOTALS
    }

    assert found == _TOTALS


@pytest.mark.parametrize("word", ["yes", "record"])
def test_coverage_does_not_fall(word):
    """As many clauses are claimed and proven as the floor says, or more."""
    floor = FLOOR[word]
    _, claimed, proven = (
        sum(numbers)
        for numbers in zip(*(coverage.counts(i, word) for i in BOOKS), strict=True)
    )

    assert claimed >= floor["claimed"]
    assert proven >= floor["proven"]


@pytest.mark.generated
@pytest.mark.parametrize("name", PACKS)
def test_every_change_of_an_entry_is_noticed(name, rounds):
    """Each entry left out or changed is missed, but for those the page lists."""
    everything = list(mutants(pack(name)))
    size = min(rounds(150, len(everything)), len(everything))
    sample = random.Random(2026).sample(everything, size)  # noqa: S311  # no secret
    unseen = {m.name for m in sample if not mutated.is_noticed(m, name)}

    assert unseen <= mutated.RECORD[name]["unnoticed"].keys()


@pytest.mark.parametrize("name", PACKS)
def test_what_was_found_is_of_these_packs(name):
    """Every entry of the pack as it stands was changed by `make coverage`."""
    told = mutated.RECORD[name]

    assert told["digest"] == mutated.digest(name)
    assert told["changes"] == sum(1 for _ in mutants(pack(name)))


@pytest.mark.parametrize("name", PACKS)
def test_every_key_of_every_entry_is_changed(name):
    """Nothing but names, headings and marks is left as it was."""
    changed = {(m.kind, re.split("[ .]", m.what)[0]) for m in mutants(pack(name))}
    keys = {
        (kind, key.name)
        for kind, place in PLACES.items()
        for entry in getattr(pack(name), place)
        for part in (entry, getattr(entry, "requirement", None))
        for key in (fields(part) if part else ())
        if (value := getattr(part, key.name)) and not is_dataclass(value)
    }

    assert {each for each in keys - changed if each[1] not in NOT_LAW} == set()


def test_a_changed_pack_would_be_noticed():
    """The clauses really are asked: without its entry, none of them is borne out."""
    gone = next(
        mutant
        for mutant in mutants(pack("pingdingshan"))
        if mutant.name.endswith("emergency_approval: left out")
    )

    assert mutated.is_noticed(gone, "pingdingshan")
    assert failures(
        rows("pds")["pds-2019-12c"], Ruling(rules("dalian_jinpu")), "pingdingshan"
    ) == ["no entry cites it"]


def test_what_is_only_shown_has_a_kind_of_work():
    """Each duty that is only shown stands once under the work that would enforce it."""
    listed = [
        (issuer, code)
        for issuers in coverage.shown().values()
        for issuer, codes in issuers.items()
        for code in codes
    ]
    told = [
        (issuer, duty.code)
        for issuer in BOOKS
        for duty in pack(issuer).duties
        if duty.kept_by is KeptBy.SHOWN
    ]

    assert sorted(listed) == sorted(set(told))


def test_the_list_and_the_page_are_current():
    """`make coverage` was run after the last change."""
    assert coverage.LIST.read_text("utf-8") == coverage.listing()
    assert coverage.PAGE.read_text("utf-8") == coverage.page()
