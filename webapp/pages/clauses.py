"""The texts of the law: a list to search, and each clause verbatim."""

from __future__ import annotations

from collections.abc import Container, Iterable

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from webapp.auth.permissions import needs
from webapp.library import clause_of, library

#: The book of what holds for every authority.
NATIONAL = "national"
#: How many clauses one page of a search shows.
PAGE = 50

blueprint = Blueprint("clauses", __name__, url_prefix="/clauses")


def register(app: Flask) -> None:
    """Offer these to the templates of *app*."""
    app.add_template_global(clause_of)
    app.add_template_filter(within)


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
        for clause in library().values()
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
    shelf = [each for each in library().values() if each.book == clause.book]
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
    for clause in library().values():
        names.setdefault(clause.book, clause.title)
    return names
