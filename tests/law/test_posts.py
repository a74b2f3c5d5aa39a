"""Who decides what no step does: the posts and the clauses.

What is expected stands in ``frame_nation.toml``, never in the pack.
"""

from __future__ import annotations

import pytest

from engine.actor import Actor
from engine.rules import jurisdiction
from engine.rules.errors import InvalidPack
from engine.rules.packs import DECIDERS
from engine.rules.posts import Reserved, deciders, may_decide
from storage.database import new_id
from storage.vocabulary import Post
from tests.law.nation import FRAME
from tests.law.packs import ISSUERS, PROCESSES, pack, rules


def expected():
    """Return the posts and the clauses that the frame expects, by parameter."""
    return {
        each["name"]: (tuple(each["value"]), tuple(each["cites"]))
        for each in FRAME["nation"]["parameters"]
        if each["name"].endswith(DECIDERS)
    }


def holder(post):
    """Return somebody who holds one post and no other."""
    posts = frozenset({post})
    return Actor(id=new_id(), agency_id=new_id(), unit_id=None, posts=posts)


@pytest.mark.clause("pl-37", "pl-42", "pl-43", "pl-47", "pl-54", "pl-57", "pl-60")
@pytest.mark.parametrize("issuer", ISSUERS)
def test_who_decides(issuer):
    """Each decision is reserved to the posts that the clauses are read to name."""
    told = {
        reserved.value: (named.posts, named.cites)
        for reserved in Reserved
        if (named := deciders(rules(issuer), reserved)) is not None
    }

    assert told == expected()


def test_every_reserved_decision_has_an_entry():
    """The product knows no decider that the pack does not name, nor the other way."""
    named = {
        name for name in pack("national").parameter_names if name.endswith(DECIDERS)
    }

    assert named == {reserved.value for reserved in Reserved}


@pytest.mark.parametrize("reserved", Reserved)
def test_only_who_holds_a_named_post_may_decide(reserved):
    """Each post alone, under the rules of an authority."""
    named = deciders(rules("qingyuan"), reserved)
    may = {post for post in Post if may_decide(holder(post), named)}

    assert may == set(named.posts)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("[]", "nobody_decides"),
        ('"agency_head"', "nobody_decides"),
        ('["chief"]', "unknown_value:chief"),
    ],
)
def test_a_decider_names_posts(value, reason):
    """A list that is empty, none at all, and a post that nobody holds are refused."""
    text = (PROCESSES / "jurisdictions" / "national.toml").read_text("utf-8")
    before, entry, after = text.partition("[[parameter.recusal_posts]]")
    wrong = after.replace('["deputy_head", "agency_head"]', value, 1)
    with pytest.raises(InvalidPack) as refused:
        jurisdiction.load(before + entry + wrong, "national.toml")

    assert refused.value.reason == reason
    assert "recusal_posts" in refused.value.entry
