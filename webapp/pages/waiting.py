"""In what situations the file of a recording may wait for the return to the unit."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.pinned import pinned_to
from engine.rules.deposits import ON_RETURN, situations
from storage.models import Case
from webapp.clock import now
from webapp.database import session


@dataclass(frozen=True)
class Waits:
    """In what situations a file may wait for the return, by which clauses."""

    situations: tuple[str, ...]
    cites: tuple[str, ...]


def waits(case: Case) -> Waits:
    """Return what the rules of a case say of files that come later."""
    terms = pinned_to(session(), case.requirement_set_id).rules(now()).terms
    term = terms.get(ON_RETURN)
    return Waits(situations(terms), term.cites if term is not None else ())
