"""Which clauses are claimed, by what, and which claims are proven.

``make coverage`` writes ``processes/coverage.toml``, which the product prints, and
``docs/coverage.md``, which people read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from functools import cache

from engine.rules import jurisdiction
from tests.architecture.law import citations
from tests.architecture.tree import ROOT, files
from tests.law.mutants import Mutant, mutants
from tests.law.oracle import BOOKS, Ruling, failures, rows
from tests.law.packs import pack, rules

LIST = ROOT / "processes" / "coverage.toml"
PAGE = ROOT / "docs" / "coverage.md"

#: A day on which every entry that is shipped is in force.
DAY = date(2026, 3, 9)


@cache
def texts():
    """Return every clause that a pack of an authority may cite, by id."""
    found = dict(rows("national"))
    for book in BOOKS.values():
        found |= rows(book)
    return found


@cache
def borne_out(issuer):
    """Return the clauses that the shipped rules of an authority bear out."""
    shipped = Ruling(rules(issuer))
    cited = {c for _, pairs in pack(issuer).keyed() for _, e in pairs for c in e.cites}
    return frozenset(
        clause
        for clause in cited | rows(BOOKS[issuer]).keys()
        if not failures(texts()[clause], shipped, issuer)
    )


def is_noticed(mutant: Mutant, issuer: str) -> bool:
    """Say whether a clause of a changed entry is no longer borne out."""
    resolved = jurisdiction.resolve(pack("national"), mutant.pack, DAY)
    changed = Ruling(resolved)
    return any(
        clause in borne_out(issuer) and failures(texts()[clause], changed, issuer)
        for clause in mutant.cites
    )


@cache
def survivors(issuer):
    """Return the mutants of a pack that no clause notices."""
    return tuple(m for m in mutants(pack(issuer)) if not is_noticed(m, issuer))


@cache
def marked():
    """Return the tests that hold the product to a clause: clause → tests."""
    found: dict[str, list[str]] = {}
    for path in files("tests", suffixes=(".py",)):
        text = path.read_text("utf-8")
        if "mark.clause" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                for clause in _marks(node):
                    name = f"{path.relative_to(ROOT).as_posix()}::{node.name}"
                    found.setdefault(clause, []).append(name)
    return found


def _marks(node: ast.FunctionDef) -> Iterator[str]:
    for each in node.decorator_list:
        if isinstance(each, ast.Call) and ast.unparse(each.func).endswith(
            "mark.clause"
        ):
            yield from (a.value for a in each.args if isinstance(a, ast.Constant))


@cache
def drawn():
    """Return the clauses that a diagram or a decision table cites."""
    paths = files("processes", suffixes=(".bpmn", ".dmn"))
    return frozenset(clause for path in paths for clause in citations(path))


@cache
def proven(issuer):
    """Return the clauses of an authority whose every claim is noticed if changed."""
    weak = {clause for mutant in survivors(issuer) for clause in mutant.cites}
    by_pack = borne_out(issuer) - weak
    book = rows(BOOKS[issuer])
    return frozenset(c for c in book if c in by_pack or c in marked())


@cache
def claimed(issuer):
    """Return the clauses of an authority that something claims."""
    held = {c for _, pairs in pack(issuer).keyed() for _, e in pairs for c in e.cites}
    return frozenset(rows(BOOKS[issuer])) & (held | drawn() | marked().keys())


def counts(issuer, enforceable):
    """Return how many clauses there are, are claimed, and are proven."""
    book = rows(BOOKS[issuer])
    these = {id_ for id_, row in book.items() if row.enforceable == enforceable}
    return len(these), len(these & claimed(issuer)), len(these & proven(issuer))


def listing() -> str:
    """Return what the product prints, as it should stand."""
    lines = [
        "# Which claims of clauses are proven: `make coverage` writes this.",
        "",
        "[proven]",
    ]
    for issuer, book in BOOKS.items():
        lines += [f"{book} = [", *(f'  "{c}",' for c in _sorted(issuer, proven)), "]"]
    return "\n".join([*lines, ""])


def _sorted(issuer, which):
    return [clause for clause in rows(BOOKS[issuer]) if clause in which(issuer)]


def page() -> str:
    """Return the page, as it should stand."""
    head = ["# Clause coverage · 条款覆盖", "", _HEAD, ""]
    table = [_ROW.format(*_TITLES), _ROW.format(*["---"] * len(_TITLES))]
    total = [0] * 6
    for issuer in BOOKS:
        numbers = [*counts(issuer, "yes"), *counts(issuer, "record")]
        total = [a + b for a, b in zip(total, numbers, strict=True)]
        none = counts(issuer, "no")[0]
        table.append(_ROW.format(pack(issuer).name, *numbers, none))
    none = sum(counts(issuer, "no")[0] for issuer in BOOKS)
    table.append(_ROW.format("**all**", *total, none))
    return "\n".join([*head, *table, *_open(), *_organisational(), *_survivors(), ""])


_HEAD = """\
Generated by `make coverage`; never edited. An *enforceable* clause is one by which the
product can refuse, compute or restrict; a *record-only* one is kept by a register, a
field or an attestation; an *organizational* one asks nothing of a product. A clause is
*claimed* when a rule pack, a diagram or a test that is marked with it says so. It is
*proven* when the rules answer exactly what `processes/clauses/*.csv` expects, and every
entry that cites it is missed when it is left out or changed in any respect, or when
a marked test holds the product to it."""
_TITLES = (
    "authority",
    "enforceable",
    "claimed",
    "proven",
    "record-only",
    "claimed",
    "proven",
    "organizational",
)
_ROW = "| {} | {} | {} | {} | {} | {} | {} | {} |"


def _open() -> Iterator[str]:
    yield from ["", "## Not yet proven", ""]
    for issuer, book in BOOKS.items():
        lacking = [
            f"`{id_}`" + ("" if id_ in claimed(issuer) else " (unclaimed)")
            for id_, row in rows(book).items()
            if row.enforceable != "no" and id_ not in proven(issuer)
        ]
        yield f"- {pack(issuer).name}: {', '.join(lacking) or 'none'}"


def _organisational() -> Iterator[str]:
    yield from ["", "## Organizational clauses", ""]
    for issuer, book in BOOKS.items():
        these = [f"`{i}`" for i, row in rows(book).items() if row.enforceable == "no"]
        yield f"- {pack(issuer).name}: {', '.join(these) or 'none'}"


def _survivors() -> Iterator[str]:
    yield from ["", "## Changes of an entry that nothing notices", ""]
    found = [mutant.name for issuer in BOOKS for mutant in survivors(issuer)]
    yield from (f"- {name}" for name in found)
    if not found:
        yield "None."


if __name__ == "__main__":
    LIST.write_text(listing(), "utf-8")
    PAGE.write_text(page(), "utf-8")
