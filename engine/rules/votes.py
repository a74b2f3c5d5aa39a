"""How the voices of several people make one result (会签, 或签, 票签)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class VoteRule(StrEnum):
    """What a vote needs to pass."""

    ALL = "all"  #: 会签: everybody assents
    ANY = "any"  #: 或签: one assents
    MAJORITY = "majority"  #: 票签: more than half assent
    SHARE = "share"  #: 票签: at least so large a part assents


class VoteResult(StrEnum):
    """What came of a vote: the outcome of its step."""

    PASSED = "passed"
    FAILED = "failed"
    TIED = "tied"  #: neither assent nor dissent has the majority


@dataclass(frozen=True)
class Vote:
    """How a step of several members comes to its result."""

    fact: str  #: the answer that is each member's voice
    assent: str  #: the answer that counts for it
    dissent: str  #: the answer that counts against it; any other is an abstention
    rule: VoteRule
    share: Fraction | None = None  #: of those entitled; only with ``SHARE``
    early: bool = False  #: it ends as soon as nothing can change the result
    cites: tuple[str, ...] = ()

    @property
    def results(self) -> frozenset[VoteResult]:
        """Return what may come of it."""
        both = frozenset({VoteResult.PASSED, VoteResult.FAILED})
        return both | {VoteResult.TIED} if self.rule is VoteRule.MAJORITY else both

    def needed(self, entitled: int) -> int:
        """Return how many must assent, of *entitled* people; nobody passes nothing."""
        match self.rule:
            case VoteRule.ALL:
                return max(entitled, 1)
            case VoteRule.ANY:
                return 1
            case VoteRule.MAJORITY:
                return entitled // 2 + 1
            case VoteRule.SHARE:
                part = entitled * (self.share or Fraction(1))
                return max(-(-part.numerator // part.denominator), 1)

    def result(self, tally: Tally) -> VoteResult | None:
        """Return what comes of the voices so far; None: it is still open.

        Who was recused or excused is not entitled. Silence and abstention are no
        assent. Unless the vote ends early, nothing comes of it before the last voice.
        """
        if tally.left and not self.early:
            return None
        needed = self.needed(tally.entitled)
        if tally.assent >= needed:
            return VoteResult.PASSED
        if tally.assent + tally.left >= needed:
            return None
        if self.rule is not VoteRule.MAJORITY or tally.dissent >= needed:
            return VoteResult.FAILED
        if tally.entitled and tally.dissent + tally.left < needed:
            return VoteResult.TIED
        return None if tally.left else VoteResult.FAILED


@dataclass(frozen=True)
class Tally:
    """The voices of one sitting; who was recused or excused is not among them."""

    assent: int = 0
    dissent: int = 0
    abstained: int = 0
    left: int = 0  #: who has not spoken yet

    @property
    def voted(self) -> int:
        """Return how many have spoken."""
        return self.assent + self.dissent + self.abstained

    @property
    def entitled(self) -> int:
        """Return how many may speak."""
        return self.voted + self.left
