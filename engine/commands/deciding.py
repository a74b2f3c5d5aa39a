"""Who may decide what a step does not: by the rules of the case, or of the day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.commands.errors import NotAllowed
from engine.commands.people import actor_of
from engine.commands.pinned import pinned_to
from engine.commands.standing import Standing
from engine.commands.work import Work
from engine.rules.jurisdiction import Ruleset
from engine.rules.posts import Deciders, Reserved, deciders, may_decide
from storage.models import Agency, RequirementSet
from storage.transaction import Transaction
from storage.vocabulary import Capacity, Post

_COMMITTEE = frozenset({Capacity.COMMITTEE_CHAIR, Capacity.COMMITTEE_MEMBER})


def rules_today(session: Session, agency_id: UUID, at: datetime) -> Ruleset | None:
    """Return what was published last for an agency; None: nothing was."""
    newest = session.scalar(newest_set_of(agency_id))
    return None if newest is None else pinned_to(session, newest).rules(at)


def newest_set_of(agency_id: UUID) -> Select[UUID]:
    """Return the query for the requirement set that was published last for an agency.

    All that is published at once goes by the same packs.
    """
    issuer = select(Agency.issuer).where(Agency.id == agency_id).scalar_subquery()
    return (
        select(RequirementSet.id)
        .where(RequirementSet.issuer == issuer)
        .order_by(RequirementSet.published_at.desc(), RequirementSet.id.desc())
        .limit(1)
    )


def named_in(work: Work, decision: Reserved) -> Deciders:
    """Return who may decide in a case.

    A case that was pinned before the packs named anybody goes by the agency's rules
    of the day.
    """
    found = deciders(work.rules, decision)
    return found or named_today(work.tx, work.case.agency_id, decision)


def named_today(tx: Transaction, agency_id: UUID, decision: Reserved) -> Deciders:
    """Return who may decide what concerns no case; nobody where nothing says so."""
    rules = rules_today(tx.session, agency_id, tx.now)
    found = deciders(rules, decision) if rules is not None else None
    return found or Deciders()


def may_in(work: Work, actor: Actor, decision: Reserved) -> bool:
    """Say whether *actor* may decide in a case."""
    return may_decide(actor, named_in(work, decision))


def require(work: Work, actor: Actor, act: str, decision: Reserved) -> None:
    """Refuse who may not decide in a case; raises NotAllowed."""
    _require(actor, act, named_in(work, decision))


def require_today(tx: Transaction, actor: Actor, act: str, decision: Reserved) -> None:
    """Refuse who may not decide what concerns no case; raises NotAllowed."""
    _require(actor, act, named_today(tx, actor.agency_id, decision))


def not_allowed(act: str, named: Deciders) -> NotAllowed:
    """Return the refusal that names the posts and the clauses."""
    return NotAllowed(act, [post.value for post in named.posts], list(named.cites))


def on_challenge(session: Session, standing: Standing, person_id: UUID) -> Reserved:
    """Return which parameter says who decides on a challenge to somebody.

    The head decides on members of the committee; on the head, and where the head is
    recused from the case, the rest of the leadership does (处罚法 43, 57).
    """
    if _is_head(session, person_id):
        return Reserved.HEAD_RECUSAL
    sits = any(
        held.person_id == person_id and held.current and held.capacity in _COMMITTEE
        for held in standing.held
    )
    if not sits:
        return Reserved.RECUSAL
    if any(_is_head(session, each) for each in standing.recused):
        return Reserved.HEAD_RECUSAL
    return Reserved.COMMITTEE_RECUSAL


def _is_head(session: Session, person_id: UUID) -> bool:
    person = actor_of(session, person_id)
    return person is not None and person.holds(Post.AGENCY_HEAD)


def _require(actor: Actor, act: str, named: Deciders) -> None:
    if not may_decide(actor, named):
        raise not_allowed(act, named)
