"""Which posts may decide what a step does not: the parameters ``*_posts``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.actor import Actor
from engine.rules.jurisdiction import Ruleset
from storage.vocabulary import Capacity, Post


class Reserved(StrEnum):
    """The parameters of the packs that reserve a decision to posts."""

    OPENING = "opening_posts"  #: open a case
    ASSIGNMENT = "assignment_posts"  #: name people to a capacity
    RECUSAL = "recusal_posts"  #: decide on a challenge
    COMMITTEE_RECUSAL = "committee_recusal_posts"  #: … to a member of a committee
    HEAD_RECUSAL = "head_recusal_posts"  #: … to the head of the agency
    SUSPENSION = "suspension_posts"  #: let a case stand still and go on
    TERMINATION = "termination_posts"  #: end a case before its end
    EXCUSAL = "excusal_posts"  #: note that a member is absent
    RETURN = "return_posts"  #: send back from another's step, or a panel's
    REASSIGNMENT = "reassignment_posts"  #: hand another's step on
    HANDOVER = "handover_posts"  #: hand over for somebody who leaves
    DEPUTY = "deputy_posts"  #: name a deputy for somebody else
    DEVICE = "device_posts"  #: keep the register of devices
    MIGRATION = "migration_posts"  #: carry cases to another version, withdraw one
    DEDUCTION = "deduction_posts"  #: leave days out of a deadline
    CORRECTION = "correction_posts"  #: correct from when time is counted


@dataclass(frozen=True, kw_only=True)
class Deciders:
    """The posts that may decide something, and the clauses that say so."""

    posts: tuple[Post, ...] = ()
    cites: tuple[str, ...] = ()


def deciders(rules: Ruleset, decision: Reserved) -> Deciders | None:
    """Return who may decide under *rules*; None: they are older than the parameter."""
    found = rules.cited.get(decision)
    if found is None or not isinstance(found.value, tuple):
        return None
    return Deciders(posts=tuple(Post(each) for each in found.value), cites=found.cites)


def may_decide(actor: Actor, named: Deciders) -> bool:
    """Say whether *actor* holds a post that may decide."""
    return actor.holds(*named.posts)


def carriers(rules: Ruleset, *capacities: Capacity) -> Deciders:
    """Return the posts that carry any of *capacities*, and by which clauses."""
    found = [
        next(
            entry
            for entry in rules.post_entries
            if entry.capacity is capacity and entry.matter is None
        )
        for capacity in capacities
    ]
    return Deciders(
        posts=tuple(sorted({post for entry in found for post in entry.posts})),
        cites=tuple(dict.fromkeys(cite for entry in found for cite in entry.cites)),
    )
