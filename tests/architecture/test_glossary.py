"""Every stored word has its labels, and the page of words is current."""

from __future__ import annotations

import inspect
import re
import tomllib
from enum import StrEnum

import pytest

from storage import vocabulary
from tests.architecture import glossary
from tests.architecture.tree import ROOT, files

NATIONAL = ROOT / "processes" / "jurisdictions" / "national.toml"
ENUMS = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): enum
    for name, enum in vars(vocabulary).items()
    if inspect.isclass(enum) and issubclass(enum, StrEnum) and enum is not StrEnum
}
#: A kind named by a template or module where it asks for a word.
ASKED = re.compile(r"\b(?:word|status)\([^()]*,\s*['\"](\w+)['\"]\)")


@pytest.mark.parametrize("kind", ENUMS)
def test_each_stored_word_has_labels(kind):
    """The glossary has exactly the words that a column may hold."""
    assert set(glossary.words()[kind]) == {each.value for each in ENUMS[kind]}


def test_each_label_is_in_both_languages():
    """No page falls back to a code."""
    incomplete = [
        (kind, code)
        for kind, entries in glossary.words().items()
        for code, labels in entries.items()
        if not (labels.get("zh") and labels.get("en"))
    ]

    assert incomplete == []


def test_pages_ask_only_for_kinds_that_there_are():
    """A misspelled kind would show codes."""
    asked = {
        kind
        for path in files("webapp", suffixes=(".html", ".py"))
        for kind in ASKED.findall(path.read_text("utf-8"))
    }

    assert asked <= glossary.words().keys() | {"document"}


def test_each_ground_of_a_waiver_has_labels():
    """The glossary has the grounds that the national pack declares."""
    grounds = tomllib.loads(NATIONAL.read_text("utf-8"))["grounds"]
    labels = glossary.words()["waiver_ground"]

    assert {code: each["zh"] for code, each in labels.items()} == grounds


def test_the_page_of_words_is_current():
    """`make glossary` was run after the last change."""
    assert glossary.PAGE.read_text("utf-8") == glossary.page()
