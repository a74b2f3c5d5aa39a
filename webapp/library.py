"""The texts of the law, clause by clause, as they stand in ``processes/clauses``."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "processes" / "clauses"
#: The name of an instrument stands between these marks.
TITLE = re.compile("\u300a(.+?)\u300b(?!.*\u300b)")
#: A national act stands without marks, its dates behind it in parentheses.
DATED = re.compile("^([^\uff08]+)\uff08.*\uff09$")


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of one instrument, verbatim."""

    id: str
    book: str
    source: str
    article: str
    text: str
    enforceable: str = ""  #: yes; record: kept only; no: organizational

    @property
    def title(self) -> str:
        """The name of the instrument in its marks."""
        found = TITLE.search(self.source)
        if found is not None:
            return found.group(0)
        bare = DATED.sub(r"\1", self.source)
        return f"\u300a{bare}\u300b"

    @property
    def short(self) -> str:
        """Instrument and article, as a citation writes them."""
        return f"{self.title}{self.article}"


def clause_of(clause_id: str) -> Clause | None:
    """Return a clause by its id; None: it is not in the library."""
    return library().get(clause_id)


@cache
def library() -> Mapping[str, Clause]:
    """Return every clause by its id, in the order of the books."""
    found: dict[str, Clause] = {}
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                found[row["id"]] = Clause(
                    id=row["id"],
                    book=path.stem,
                    source=row["source"],
                    article=row["article"],
                    text=row["text"],
                    enforceable=row["enforceable"],
                )
    return found
