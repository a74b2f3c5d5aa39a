"""What the data folders cite, call and hold."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree

from tests.architecture.tree import ROOT, files

PROCESSES = ROOT / "processes"
DOCUMENTS = ROOT / "forms" / "documents"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
REC = "{urn:casetrack:rec:1}"


@cache
def clauses() -> frozenset[str]:
    """Return the ids of all clauses that we hold the text of."""
    found: set[str] = set()
    for path in files("processes/clauses", suffixes=(".csv",)):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {row["id"] for row in csv.DictReader(file)}
    return frozenset(found)


@cache
def _xml(path: Path) -> etree._ElementTree:
    return etree.parse(path)


def elements(path: Path) -> list[etree._Element]:
    """Return the elements of a diagram or decision table."""
    return [each for each in _xml(path).iter() if isinstance(each.tag, str)]


def _in_data(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "cites":
                yield from [inner] if isinstance(inner, str) else inner
            else:
                yield from _in_data(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_data(inner)


def citations(path: Path) -> Iterator[str]:
    """Yield the clause ids that a file cites."""
    if path.suffix == ".toml":
        yield from _in_data(tomllib.loads(path.read_text("utf-8")))
    elif path.suffix == ".json":
        yield from _in_data(json.loads(path.read_text("utf-8")))
    else:
        for element in elements(path):
            for key, value in element.attrib.items():
                if etree.QName(key).localname == "cites":
                    yield from str(value).split()


def unknown_citations(*tops: str) -> dict[str, list[str]]:
    """Return, by file, the citations under *tops* of clauses we do not hold."""
    paths = files(*tops, suffixes=(".toml", ".json", ".bpmn", ".dmn"))
    return {
        path.relative_to(ROOT).as_posix(): unknown
        for path in paths
        if (unknown := sorted(set(citations(path)) - clauses()))
    }
