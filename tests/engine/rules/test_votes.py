"""Votes as values: what passes, what fails, what is certain before the last voice."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.votes import Tally, Vote, VoteResult, VoteRule

PASSED, FAILED, TIED = VoteResult


def vote(rule, share=None, *, early=False):
    """Return a vote of one rule."""
    return Vote("vote", "agree", "disagree", rule, share, early)


EVERY = [
    vote(VoteRule.ALL),
    vote(VoteRule.ANY),
    vote(VoteRule.MAJORITY),
    vote(VoteRule.SHARE, Fraction(2, 3)),
    vote(VoteRule.SHARE, Fraction(1, 2)),
]


@pytest.mark.parametrize(
    ("rule", "share", "voices", "result"),
    [
        ("all", None, (3, 0, 0), PASSED),
        ("all", None, (2, 0, 1), FAILED),  # who abstains does not assent
        ("all", None, (2, 1, 0), FAILED),
        ("any", None, (1, 5, 0), PASSED),
        ("any", None, (0, 2, 1), FAILED),
        ("majority", None, (4, 2, 0), PASSED),
        ("majority", None, (3, 3, 0), TIED),
        ("majority", None, (2, 4, 0), FAILED),
        ("majority", None, (3, 2, 1), TIED),  # three of six are no majority
        ("majority", None, (0, 0, 3), TIED),
        ("share", "2/3", (4, 2, 0), PASSED),  # 以上 includes the number itself
        ("share", "2/3", (3, 2, 0), FAILED),
        ("share", "1/2", (1, 1, 0), PASSED),
        ("share", "1", (5, 0, 0), PASSED),
    ],
)
def test_what_comes_of_the_voices(rule, share, voices, result):
    """Each rule, each kind of result."""
    asked = vote(VoteRule(rule), Fraction(share) if share else None)

    assert asked.result(Tally(*voices)) is result


@pytest.mark.parametrize("asked", EVERY)
def test_nobody_passes_nothing(asked):
    """When all were recused or absent, nothing was decided."""
    assert asked.result(Tally()) is FAILED


@pytest.mark.parametrize("asked", EVERY)
def test_nothing_comes_before_the_last_voice(asked):
    """Unless a vote may end early, its result is open until all have spoken."""
    assert asked.result(Tally(assent=9, left=1)) is None


counts = st.integers(0, 7)


@given(st.sampled_from(EVERY), counts, counts, counts, counts)
def test_early_is_certain_and_no_later_than_needed(asked, yes, no, other, left):
    """An early result is what every possible rest gives; an open one still has two."""
    early = vote(asked.rule, asked.share, early=True)
    ends = {
        asked.result(Tally(yes + a, no + b, other + left - a - b))
        for a, b in product(range(left + 1), repeat=2)
        if a + b <= left
    }
    found = early.result(Tally(yes, no, other, left))

    assert ends == {found} if found is not None else len(ends) > 1


@given(st.sampled_from(EVERY), counts, counts, counts)
def test_one_more_assent_never_harms(asked, yes, no, other):
    """Who assents instead of abstaining brings a vote no further from passing."""
    before = asked.result(Tally(yes, no, other + 1))
    after = asked.result(Tally(yes + 1, no, other))

    assert after is PASSED or before is not PASSED
    assert asked.needed(yes + no + other + 1) <= max(yes + no + other + 1, 1)
