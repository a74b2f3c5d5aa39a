from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

CLAUSES = Path(__file__).parents[2] / "processes" / "clauses"
COLUMNS = [
    "id",
    "source",
    "article",
    "text",
    "kind",
    "applies_to",
    "system_behaviour",
    "parameters",
    "enforceable",
]
COUNTS = {"pds": 77, "dl": 98, "sh": 172, "qy": 295, "zh": 67}


@cache
def _rows(name):
    with (CLAUSES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return reader.fieldnames, list(reader)


FILES = sorted(path.stem for path in CLAUSES.glob("*.csv"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_the_columns_and_no_mark_before_them(name):
    """Every file opens in any spreadsheet: same columns, UTF-8, no byte order mark."""
    assert _rows(name)[0] == COLUMNS
    assert not (CLAUSES / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_no_clause_of_an_authority_is_lost(name, count):
    """Each authority's text is here whole, under its own prefix."""
    rows = _rows(name)[1]

    assert len(rows) == count
    assert {row["id"].split("-")[0] for row in rows} == {name}


def test_no_id_is_given_twice():
    """An id names one clause, over all files."""
    ids = Counter(row["id"] for name in FILES for row in _rows(name)[1])

    assert [id_ for id_, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_every_clause_has_words_and_a_place(name):
    """A clause without text, source or article could not be shown."""
    bare = [
        row["id"]
        for row in _rows(name)[1]
        if not (row["source"] and row["article"] and row["text"])
        or row["enforceable"] not in {"yes", "record", "no"}
    ]

    assert bare == []


def test_national_clauses_say_how_certain_they_are():
    """Each national rule is marked certain, checked, or to be verified."""
    marks = {
        row["id"]: re.match(r"mark=([ckv]); quoted=\w+", row["parameters"])
        for row in _rows("national")[1]
    }

    assert [id_ for id_, mark in marks.items() if mark is None] == []


def test_a_summary_says_that_it_is_one():
    """What is not quoted from the text is marked as a summary in the text itself."""
    rows = _rows("national")[1]
    loose = [
        row["id"]
        for row in rows
        if ("quoted=summary" in row["parameters"])
        and not row["text"].startswith("（概括）")
    ]

    assert loose == []
