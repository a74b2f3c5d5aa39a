"""The texts of the law, clause by clause, as they stand in ``processes/clauses``."""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from webapp.auth.permissions import needs

FOLDER = Path(__file__).parent.parent.parent / "processes" / "clauses"
#: The name of an instrument stands between these marks.
TITLE = re.compile("\u300a(.+?)\u300b(?!.*\u300b)")
#: A national act stands without marks, its dates behind it in parentheses.
DATED = re.compile("^([^\uff08]+)\uff08.*\uff09$")
#: The book of what holds for every authority.
NATIONAL = "national"
#: How many clauses one page of a search shows.
PAGE = 50

blueprint = Blueprint("clauses", __name__, url_prefix="/clauses")


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of one instrument, verbatim."""

    id: str
    book: str
    source: str
    article: str
    text: str

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


def register(app: Flask) -> None:
    """Offer these to the templates of *app*."""
    app.add_template_global(clause_of)
    app.add_template_filter(within)


def clause_of(clause_id: str) -> Clause | None:
    """Return a clause by its id; None: it is not in the library."""
    return _library().get(clause_id)


def within(ids: Iterable[str], books: Container[str]) -> list[str]:
    """Return those of *ids* that stand in one of *books*: other authorities' do not."""
    return [each for each in ids if (found := clause_of(each)) and found.book in books]


@blueprint.get("")
@needs()
def index() -> ResponseReturnValue:
    """Show the instruments, or the clauses that hold what is looked for."""
    wanted = request.args.get("q", "").strip()
    book = request.args.get("book", "")
    found = [
        clause
        for clause in _library().values()
        if (not book or clause.book == book)
        and (not wanted or wanted in clause.text or wanted in clause.short)
    ]
    return render_template(
        "clauses/index.html",
        found=found[:PAGE],
        count=len(found),
        books=_books(),
        q=wanted,
        book=book,
    )


@blueprint.get("/<clause_id>")
@needs()
def show(clause_id: str) -> ResponseReturnValue:
    """Show one clause verbatim, and its neighbors; raises NotFound."""
    clause = clause_of(clause_id)
    if clause is None:
        raise NotFound("clause", clause_id)
    shelf = [each for each in _library().values() if each.book == clause.book]
    place = shelf.index(clause)
    return render_template(
        "clauses/show.html",
        clause=clause,
        before=shelf[place - 1] if place else None,
        after=shelf[place + 1] if place + 1 < len(shelf) else None,
    )


def _books() -> dict[str, str]:
    """Return each book's key and the name of its first instrument."""
    names: dict[str, str] = {}
    for clause in _library().values():
        names.setdefault(clause.book, clause.title)
    return names


@cache
def _library() -> dict[str, Clause]:
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
                )
    return found
