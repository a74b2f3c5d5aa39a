"""The files of this repository, as the house rules look at them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "forms", "storage", "webapp")
NOT_OURS = {"node_modules", "__pycache__", "dist", "var"}


def files(*tops: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """Return the files under *tops* with one of *suffixes*, in a fixed order."""
    found: list[Path] = []
    for top in tops:
        path = ROOT / top
        candidates = [path] if path.is_file() else path.rglob("*")
        found += [
            each
            for each in candidates
            if each.suffix in suffixes
            and each.is_file()
            and not NOT_OURS.intersection(each.relative_to(ROOT).parts)
        ]
    return sorted(found)


def python_files() -> list[Path]:
    """Return every Python module of the product, without tests."""
    return files(*PACKAGES, "wsgi.py", "benchmarks")


def name(path: Path) -> str:
    """Return *path* as messages show it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a module, read once."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


@cache
def project() -> dict[str, object]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield the full names that a module imports."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
