"""Whether every change of a pack entry is noticed, and what was found of it.

``make coverage`` changes every entry of each pack whose file is another than the one it
last saw, and writes down what nothing noticed; the tests take a sample, and with
``--all`` everything.
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from engine.rules import jurisdiction
from tests.law import nation, termchecks
from tests.law.mutants import Mutant, mutants
from tests.law.oracle import BOOKS, Ruling, failures, rows
from tests.law.packs import PACKS, PROCESSES, pack, rules
from tests.law.parted import parted_wrongly

FILE = Path(__file__).parent / "mutated.toml"

#: A day on which every entry that is shipped is in force.
DAY = date(2026, 12, 31)


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
    shipped = Ruling(rules(issuer, DAY))
    cited = {c for _, pairs in pack(issuer).keyed() for _, e in pairs for c in e.cites}
    return frozenset(
        clause
        for clause in cited | rows(BOOKS[issuer]).keys()
        if not failures(texts()[clause], shipped, issuer)
    )


def is_noticed(mutant: Mutant, issuer: str) -> bool:
    """Say whether the law no longer bears out a changed entry."""
    if issuer == "national":
        found = nation.differences(mutant.pack, DAY, mutant.kind)
        return next(found, None) is not None
    resolved = jurisdiction.resolve(pack("national"), mutant.pack, DAY)
    if mutant.kind == "deadline" and [*termchecks.terms(issuer, mutant.pack.terms)]:
        return True
    if mutant.kind == "separation":
        return bool(parted_wrongly(issuer, resolved))
    changed = Ruling(resolved)
    return any(
        clause in borne_out(issuer) and failures(texts()[clause], changed, issuer)
        for clause in mutant.cites
    )


def digest(name: str) -> str:
    """Return what tells one text of a pack from another."""
    text = (PROCESSES / "jurisdictions" / f"{name}.toml").read_bytes()
    return hashlib.sha256(text).hexdigest()


def unnoticed(name: str) -> dict[str, list[str]]:
    """Return each change of a pack that nothing notices, with its clauses."""
    return {
        mutant.name: list(mutant.cites)
        for mutant in mutants(pack(name))
        if not is_noticed(mutant, name)
    }


def _read() -> dict[str, Any]:
    found = tomllib.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    empty = {"digest": "", "changes": 0, "unnoticed": {}}
    return {name: found.get(name, empty) for name in PACKS}


RECORD = _read()


def write() -> None:
    """Change every entry of each pack that is new, and write down what was found."""
    for name in PACKS:
        changes = sum(1 for _ in mutants(pack(name)))
        known = RECORD[name]["digest"], RECORD[name]["changes"]
        if known != (digest(name), changes):
            RECORD[name] = {
                "digest": digest(name),
                "changes": changes,
                "unnoticed": unnoticed(name),
            }
    lines = ["# What `make coverage` found when it changed every entry of each pack."]
    for name, told in RECORD.items():
        lines += ["", f"[{name}]", f'digest = "{told["digest"]}"']
        lines += [f"changes = {told['changes']}", f"[{name}.unnoticed]"]
        lines += [f'"{each}" = {cites}' for each, cites in told["unnoticed"].items()]
    FILE.write_text("\n".join([*lines, ""]), "utf-8")
