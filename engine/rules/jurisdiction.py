"""Which rules hold for one authority on one day, national law included."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from engine.rules.authority import Separation
from engine.rules.deadlines import Term
from engine.rules.entries import (
    AccessEntry,
    AnnouncementEntry,
    DutyEntry,
    Jurisdiction,
    Parameter,
    PostEntry,
    RecordEntry,
    RetentionEntry,
    Value,
    WaiverEntry,
)
from engine.rules.errors import TermUnknown
from engine.rules.packs import check_succession, load
from engine.rules.requirements import Requirement, WaiverRule, merge
from storage.vocabulary import Capacity, Post, RecordForm, TermUnit

__all__ = [
    "Jurisdiction",
    "Ruleset",
    "activity_codes",
    "check_succession",
    "load",
    "resolve",
]

#: The parameter that says what becomes of a ground that an authority does not list.
UNLISTED = "unlisted_ground"

#: The parameter that says whether each member signs the record of a discussion (d-26).
DISCUSSION_SIGNED = "discussion_signatures"
_DISCUSSED = ("collective_discussion_record",)

#: About how many hours, so that terms in different units can be compared.
_HOURS = {
    TermUnit.SECOND: 1 / 3600,
    TermUnit.HOUR: 1,
    TermUnit.DAY: 24,
    TermUnit.WORKING_DAY: 34,
    TermUnit.MONTH: 730,
    TermUnit.YEAR: 8766,
}


@dataclass(frozen=True, kw_only=True)
class Ruleset:
    """The entries in force for one authority on one day."""

    issuer: str
    on: date
    terms: Mapping[str, Term]
    compared: Mapping[str, tuple[Term, ...]]  #: both sources of each term
    cited: Mapping[str, Parameter]  #: every parameter with its clauses
    separation: tuple[Separation, ...]
    waivers: tuple[WaiverEntry, ...]  #: the authority's own first
    post_entries: tuple[PostEntry, ...]  #: the more particular first
    titles_by_post: Mapping[Post, str]
    record_entries: tuple[RecordEntry, ...]
    access: tuple[AccessEntry, ...] = ()  #: the authority's own first
    retentions: tuple[RetentionEntry, ...] = ()
    announcements: tuple[AnnouncementEntry, ...] = ()
    duties: tuple[DutyEntry, ...] = ()
    #: Every entry in force: the pack it stands in, its kind, and itself.
    in_force: tuple[tuple[str, str, Any], ...] = ()
    _records: dict[str, tuple[Requirement, ...]] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> Mapping[str, Value]:
        """Return the value of every parameter, as conditions read it."""
        return MappingProxyType({n: p.value for n, p in self.cited.items()})

    def term(self, code: str) -> Term:
        """Return a term; refuse with TermUnknown."""
        try:
            return self.terms[code]
        except KeyError:
            raise TermUnknown(code, self.issuer, self.on) from None

    def records(self, activity: str) -> tuple[Requirement, ...]:
        """Return what is asked for at *activity*, the stricter of both sources.

        Each names the condition on which it holds and the way to waive it.
        """
        found = self._records.get(activity)
        if found is None:
            entries = [e for e in self.record_entries if e.at == activity]
            merged = merge(entry.requirement for entry in entries)
            found = tuple(
                replace(self._signed(asked), waiver=self._waiver(activity, asked))
                for asked in merged
            )
            self._records[activity] = found
        return found

    def waiver(self, activity: str, form: RecordForm, code: str) -> WaiverRule | None:
        """Return how a record may be waived at *activity*; None: it may not."""
        for entry in self.waivers:
            here = entry.at is None or entry.at == activity
            this = entry.code is None or entry.code == code
            if entry.form is form and here and this:
                rule = entry.rule
                return rule.settled(self.parameters.get(rule.settled_by))
        return None

    def posts(self, capacity: Capacity, matter: str | None = None) -> tuple[Post, ...]:
        """Return the posts that carry *capacity*, in a *matter* if one is named."""
        for entry in self.post_entries:
            if entry.capacity is capacity and entry.matter in {None, matter}:
                return entry.posts
        return ()

    def reserved(self, capacity: Capacity, matter: str | None) -> PostEntry | None:
        """Return the entry that names posts for just this *matter*; None: none does."""
        if matter is None:
            return None
        for entry in self.post_entries:
            if entry.capacity is capacity and entry.matter == matter:
                return entry
        return None

    def titles(self, post: Post) -> str:
        """Return what the authority calls a post."""
        return self.titles_by_post.get(post, post.value)

    def _signed(self, asked: Requirement) -> Requirement:
        """Return a demand for a discussion's record as its members have to sign it."""
        if (
            asked.codes != _DISCUSSED
            or self.parameters.get(DISCUSSION_SIGNED) != "none"
        ):
            return asked
        return replace(asked, prepared=True, signed_by=())

    def _waiver(self, activity: str, asked: Requirement) -> WaiverRule | None:
        for code in asked.codes:
            rule = self.waiver(activity, asked.form, code)
            if rule is not None:
                return self._with_beyond(rule, asked.form)
        return None

    def _with_beyond(self, rule: WaiverRule, form: RecordForm) -> WaiverRule:
        """Return a rule with the nation's way for grounds that it does not list."""
        if self.parameters.get(UNLISTED) != "leader":
            return rule
        for entry in self.waivers:
            if entry.nationwide and entry.form is form and entry.rule != rule:
                return replace(rule, beyond=entry.rule)
        return rule


def resolve(national: Jurisdiction, issuer: Jurisdiction, on: date) -> Ruleset:
    """Return the entries of both packs that are in force on a day."""
    own, nation = _in_force(issuer, on), _in_force(national, on)
    compared: dict[str, tuple[Term, ...]] = {}
    for term in (*own["deadline"], *nation["deadline"]):
        compared[term.code] = (*compared.get(term.code, ()), term)
    posts = sorted(own["capacity"], key=_general) + nation["capacity"]
    particular = [entry for entry in posts if entry.matter is not None]
    return Ruleset(
        issuer=issuer.issuer,
        on=on,
        terms={code: _kinder(terms) for code, terms in compared.items()},
        compared=compared,
        cited={p.name: p for p in (*nation["parameter"], *own["parameter"])},
        separation=(*nation["separation"], *own["separation"]),
        waivers=(
            *sorted(own["waiver"], key=_width),
            *(
                replace(e, nationwide=True)
                for e in sorted(nation["waiver"], key=_width)
            ),
        ),
        post_entries=(*particular, *(e for e in posts if e.matter is None)),
        titles_by_post={**national.titles, **issuer.titles},
        record_entries=(*nation["record"], *own["record"]),
        access=(*own["access"], *nation["access"]),
        retentions=(*own["retention"], *nation["retention"]),
        announcements=(*own["announcement"], *nation["announcement"]),
        duties=(*own["duty"], *nation["duty"]),
        in_force=tuple(
            (pack.issuer, kind, entry)
            for pack, found in ((issuer, own), (national, nation))
            for kind, entries in found.items()
            for entry in entries
        ),
    )


def activity_codes(text: str) -> frozenset[str]:
    """Return the codes of the activity catalogue ``activities.toml``."""
    return frozenset(tomllib.loads(text).get("activity", {}))


def _in_force(pack: Jurisdiction, on: date) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for kind, pairs in pack.keyed():
        newest: dict[Any, Any] = {}
        for key, entry in sorted(pairs, key=lambda pair: pair[0][-1]):
            if key[-1] <= on:
                newest[key[:-1]] = entry
        found[kind] = list(newest.values())
    return found


def _kinder(terms: tuple[Term, ...]) -> Term:
    """Return the longer of a party's terms, the shorter of an agency's."""
    lengths = [term.length * _HOURS[term.unit] for term in terms]
    longer = terms[0].right or terms[0].rolls
    return terms[lengths.index(max(lengths) if longer else min(lengths))]


def _general(entry: PostEntry) -> bool:
    return entry.matter is None


def _width(entry: WaiverEntry) -> int:
    return (entry.at is None) + (entry.code is None)
