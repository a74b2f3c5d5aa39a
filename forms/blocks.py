"""Groups of fields that many forms share, read from blocks.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from forms.elements import Element
from forms.fields import TYPES
from forms.reading import Reader

BLOCKS = Path(__file__).with_name("blocks.toml")


@dataclass(frozen=True)
class Blocks:
    """The parts of composite field types, and the groups a section may name."""

    composites: Mapping[str, tuple[Element, ...]]
    groups: Mapping[str, tuple[Element, ...]]
    defaults: Mapping[str, Mapping[str, Any]]

    def reader(self, file: str) -> Reader:
        """Return a reader for the definition in *file*."""
        return Reader(file, TYPES, self.composites, self.groups, self.defaults)


@cache
def blocks() -> Blocks:
    """Return the shared groups of fields.

    Raises:
        MalformedForm: blocks.toml cannot be read.
    """
    tables = tomllib.loads(BLOCKS.read_text("utf-8"))
    defaults = tables["default"]
    plain = Reader(BLOCKS.name, TYPES, {}, {}, defaults)
    composites = {
        name: tuple(plain.element(row, name) for row in rows)
        for name, rows in tables["composite"].items()
    }
    reader = Reader(BLOCKS.name, TYPES, composites, {}, defaults)
    groups = {
        name: tuple(reader.element(row, name) for row in rows)
        for name, rows in tables["block"].items()
    }
    for name, elements in {**composites, **groups}.items():
        reader.consistent(elements, name)
    return Blocks(composites, groups, defaults)
