"""The page of words, from the glossary: ``make glossary`` writes it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from tests.architecture.tree import ROOT

SOURCE = ROOT / "processes" / "glossary.toml"
PAGE = ROOT / "docs" / "glossary.md"
HEAD = """\
# Glossary · 词汇

Generated from `processes/glossary.toml`; never edited.
"""


def words() -> dict[str, dict[str, dict[str, str]]]:
    """Return the glossary: kind → code → language → word."""
    return tomllib.loads(SOURCE.read_text("utf-8"))


def page() -> str:
    """Return the page as the glossary says it should be."""
    return "\n".join([HEAD, *_tables()])


def _tables() -> Iterator[str]:
    for kind, entries in words().items():
        rows = [f"| {code} | {e['zh']} | {e['en']} |" for code, e in entries.items()]
        head = [f"## {kind}", "", "| code | 中文 | English |", "| --- | --- | --- |"]
        yield "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
