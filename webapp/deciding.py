"""Whether the reader may decide something; pages offer nothing else."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, g

from engine.commands import deciding
from engine.commands.pinned import pinned_to
from engine.rules.jurisdiction import Ruleset
from engine.rules.posts import Deciders, Reserved, deciders, may_decide
from storage.models import Case
from webapp.auth.current import current_actor
from webapp.clock import now
from webapp.database import session


def register(app: Flask) -> None:
    """Offer this to the templates of *app*."""
    app.add_template_global(may)


def may(decision: str, case: Case | None = None) -> bool:
    """Say whether the reader may decide, in a case or today; the command asks again."""
    return may_decide(current_actor(), named(Reserved(decision), case))


def may_any(*decisions: Reserved) -> bool:
    """Say whether the reader may decide any of these today."""
    return any(may(decision) for decision in decisions)


def require(act: str, decision: Reserved) -> None:
    """Refuse a reader who may not decide this today; raises NotAllowed."""
    who = named(decision)
    if not may_decide(current_actor(), who):
        raise deciding.not_allowed(act, who)


def rules_today() -> Ruleset | None:
    """Return what was published last for the reader's agency; asked once a request."""
    if "newest_set" not in g:
        query = deciding.newest_set_of(current_actor().agency_id)
        keep(session().scalar(query))
    newest: UUID | None = g.newest_set
    return None if newest is None else pinned_to(session(), newest).rules(now())


def keep(newest: UUID | None) -> None:
    """Keep which requirement set was published last, so that it is not asked again."""
    g.newest_set = newest


def named(decision: Reserved, case: Case | None = None) -> Deciders:
    """Return who may decide, in a case or today."""
    found = None
    if case is not None:
        rules = pinned_to(session(), case.requirement_set_id).rules(now())
        found = deciders(rules, decision)
    if found is None:
        today = rules_today()
        found = deciders(today, decision) if today is not None else None
    return found or Deciders()
