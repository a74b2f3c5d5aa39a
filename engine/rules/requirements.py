"""A requirement: one record that the law asks for at one step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from storage.vocabulary import DueAt, Level, RecordForm


@dataclass(frozen=True, kw_only=True)
class WaiverRule:
    """On what grounds, and by whose leave, a record may be missing."""

    grounds: tuple[str, ...]
    approvers: tuple[str, ...] = ()  #: posts, in order; empty: nobody is named
    after: bool = False  #: True: reviewed once the act is over, before a checkpoint
    settled_by: str = ""  #: the parameter by whose value others review; empty: none
    otherwise: tuple[tuple[str, tuple[str, ...]], ...] = ()  #: its values, and who
    cites: tuple[str, ...] = ()
    beyond: WaiverRule | None = None  #: for grounds that the rule does not list

    @property
    def rules(self) -> tuple[WaiverRule, ...]:
        """Return the rule, and the one for grounds beyond its list."""
        return (self,) if self.beyond is None else (self, *self.beyond.rules)

    def settled(self, value: object) -> WaiverRule:
        """Return the rule with the approvers that the value of its parameter names."""
        approvers = dict(self.otherwise).get(str(value), self.approvers)
        return replace(self, approvers=approvers)

    def on(self, ground: str) -> WaiverRule | None:
        """Return by which rule a ground is heard; None: by none."""
        return next((rule for rule in self.rules if ground in rule.grounds), None)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One record asked for at one step, with the clauses that ask for it."""

    key: str  #: unique within the step, e.g. ``recording:photo``
    form: RecordForm
    codes: tuple[str, ...]  #: document codes or media, any of which will do
    level: Level
    due: DueAt = DueAt.COMPLETION
    count: int = 1
    signed_by: tuple[str, ...] = ()  #: signatory roles; empty: must be final
    besides: tuple[str, ...] = ()  #: roles that must be among those of a final one
    prepared: bool = False  #: True: frozen text will do, nobody need have signed
    carried: bool = False  #: True: a record made at an earlier step counts
    when: str | None = None  #: condition on facts; None: always
    waiver: WaiverRule | None = None
    source: str = "diagram"  #: issuer code, ``national`` or ``diagram``
    cites: tuple[str, ...] = ()

    @property
    def must_be_final(self) -> bool:
        """Say whether nothing less than a final document will do."""
        return not self.signed_by and not self.prepared


#: From what must be to what need not be.
_STRICTNESS = (Level.MANDATORY, Level.CONDITIONAL, Level.OPTIONAL, Level.EXEMPT)


def stricter(one: Requirement, other: Requirement) -> Requirement:
    """Return the stricter of two demands for the same record, with both sources.

    Of two demands at one level, the number, the moment and the state asked for are
    each the stricter; what a weaker demand asks besides does not tighten a stronger
    one. A way to waive that either side knows is kept.
    """
    first, second = sorted((one, other), key=lambda r: _STRICTNESS.index(r.level))
    joined = replace(
        first,
        waiver=first.waiver or second.waiver,
        source="+".join(_both(one.source.split("+"), other.source.split("+"))),
        cites=_both(one.cites, other.cites),
    )
    if first.level is not second.level:
        return joined
    final = one.must_be_final or other.must_be_final
    named = _both(one.signed_by, other.signed_by)
    signed_by = () if final else named
    besides = _both(one.besides, other.besides)
    at_once = DueAt.COMPLETION in {one.due, other.due}
    return replace(
        joined,
        due=DueAt.COMPLETION if at_once else DueAt.DEPOSIT,
        count=max(one.count, other.count),
        signed_by=signed_by,
        besides=_both(besides, named) if final else besides,
        prepared=not final and not signed_by,
        carried=one.carried and other.carried,
    )


def merge(*sources: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return every record that any source asks for, the stricter of each.

    Demands for the same record on different conditions stay apart, because which
    of them holds is known only with the facts; merge those that hold once more.
    """
    merged: dict[tuple[str, str | None], Requirement] = {}
    for source in sources:
        for asked in source:
            same = (asked.key, asked.when)
            known = merged.get(same)
            merged[same] = asked if known is None else stricter(known, asked)
    return tuple(merged.values())


def merge_held(held: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return one demand for each record, among those whose conditions hold.

    A demand for any of several records is met whenever one of them must be there
    anyway; it is not asked for a second time, but its clauses are cited.
    """
    demands = merge(
        asked if asked.when is None else replace(asked, when=None) for asked in held
    )
    kept: list[Requirement] = []
    for asked in demands:
        if any(_implies(other, asked) for other in demands):
            continue
        wider = [other for other in demands if _implies(asked, other)]
        if wider:
            cites = _both(asked.cites, (c for other in wider for c in other.cites))
            kept.append(replace(asked, cites=cites))
        else:
            kept.append(asked)
    return tuple(kept)


def _implies(one: Requirement, other: Requirement) -> bool:
    if len(one.codes) >= len(other.codes):
        return False  # nearly all are for one record, and need no more comparing
    same_state = (one.signed_by, one.prepared) == (other.signed_by, other.prepared)
    return (
        one.level is Level.MANDATORY
        and one.form is other.form
        and set(one.codes) < set(other.codes)
        and one.count >= other.count
        and one.due in {DueAt.COMPLETION, other.due}
        and (other.carried or not one.carried)
        and (one.must_be_final or same_state)
    )


def _both(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
