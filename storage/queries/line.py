"""The type of a result line whose columns a docstring names."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Row

#: One line of a result; its columns are read by name.
Line: TypeAlias = Row[*tuple[Any, ...]]
