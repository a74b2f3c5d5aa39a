"""Read a rule pack: the text that a lawyer signs off, checked entry by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from engine.rules import reading
from engine.rules.authority import Separation
from engine.rules.deadlines import Term
from engine.rules.entries import (
    Jurisdiction,
    Key,
    Parameter,
    PostEntry,
    RecordEntry,
    Value,
    WaiverEntry,
)
from engine.rules.errors import InvalidPack
from engine.rules.requirements import Requirement, WaiverRule
from engine.rules.tables import LISTS, Known, Pack, Table
from storage.vocabulary import (
    Capacity,
    ClockStart,
    DueAt,
    Level,
    Medium,
    Post,
    RecordForm,
    TermUnit,
)

#: A parameter whose name ends so says which posts may decide something.
DECIDERS = "_posts"

_UNITS = frozenset(
    {
        *(unit.value for unit in TermUnit),
        *("fen", "person", "percent", "share", "second", "minute", "copy", "time"),
        *("piece", "metre", "inch", "gigabyte", "gigahertz", "milliampere_hour"),
        *("watt", "degree", "celsius", "frame", "megabit", "pixel", "version"),
    }
)


def load(
    text: str,
    filename: str,
    *,
    activities: Collection[str] | None = None,
    documents: Collection[str] | None = None,
    clauses: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    says: Collection[str] | None = None,
) -> Jurisdiction:
    """Read a rule pack; refuse with InvalidPack, naming file, line and entry.

    Of the five collections, those that are given are what the pack may name.
    """
    known = Known(
        activities=activities,
        documents=documents,
        clauses=clauses,
        roles=roles,
        says=says,
    )
    tables = Pack(filename, text, known)
    head = tables.head()
    issuer = head.take("issuer", str)
    jurisdiction = Jurisdiction(
        issuer=issuer,
        name=head.take("name", str),
        file=filename,
        since=head.take("since", date),
        instrument=head.take("instrument", str, ""),
        prefix=head.take("prefix", str, ""),
        records=tables.read("record", lambda table: _record(table, issuer)),
        waivers=tables.read("waiver", _waiver),
        terms=tables.read_named("deadline", lambda t, code: _term(t, code, issuer)),
        parameters=tables.read_named(
            "parameter", lambda t, name: _parameter(t, name, issuer)
        ),
        posts=tables.read_named("capacity", _posts),
        separations=tables.read("separation", _separation),
        access=tables.read("access", reading.access),
        retentions=tables.read("retention", reading.retention),
        announcements=tables.read_named("announcement", reading.announcement),
        duties=tables.read_named("duty", reading.duty),
        titles={
            head.as_word("post", Post, post): title
            for post, title in tables.labels("titles").items()
        },
        grounds=tables.labels("grounds"),
    )
    head.end()
    return replace(jurisdiction, lines=_lines(jurisdiction, tables))


def check_succession(old: Jurisdiction, new: Jurisdiction, on: date) -> None:
    """Refuse a pack that edits or drops an entry that was in force on a day.

    A rule in force is never edited; a later one is added beside it.
    """
    for (kind, before), (_, after) in zip(old.keyed(), new.keyed(), strict=True):
        now = dict(after)
        for key, entry in before:
            if key[-1] <= on and now.get(key) != entry:
                line = new.lines.get((kind, key))
                raise InvalidPack(new.file, line, _name(kind, key), "edited")


def key_of(form: RecordForm, codes: tuple[str, ...]) -> str:
    """Return the key of a requirement, such as ``recording:photo|video``."""
    return f"{form}:{'|'.join(codes)}"


def _record(table: Table, issuer: str) -> RecordEntry:
    at = table.check("activity", table.take("at", str), table.known.activities)
    form = table.word("form", RecordForm)
    codes = tuple(table.take("code", str).split("|"))
    table.entry += f" ({at} {form}:{'|'.join(codes)})"
    for code in codes:
        if form is RecordForm.RECORDING:
            table.as_word("medium", Medium, code)
        elif form is RecordForm.DOCUMENT:
            table.check("document", code, table.known.documents)
    roles = table.texts("signed_by")
    for role in roles:
        table.check("role", role, table.known.roles)
    count = table.take("count", int, 1)
    if count < 1:
        raise table.refuse("count_below_one")
    requirement = Requirement(
        key=key_of(form, codes),
        form=form,
        codes=codes,
        level=table.word("level", Level),
        due=table.word("due", DueAt, DueAt.COMPLETION),
        count=count,
        signed_by=roles,
        prepared=table.take("prepared", bool, default=False),
        carried=table.take("carried", bool, default=False),
        when=table.take("when", str, "") or None,
        source=issuer,
        cites=table.cites(),
    )
    return RecordEntry(
        at=at,
        requirement=requirement,
        since=table.take("since", date),
        mark=table.mark(),
        says=table.says(),
    )


def _waiver(table: Table) -> WaiverEntry:
    at = table.take("at", str, "") or None
    if at is not None:
        table.check("activity", at, table.known.activities)
    cites = table.cites()
    grounds = table.texts("grounds")
    if not grounds:
        raise table.refuse("missing_key:grounds")
    approvers = table.words("approvers", Post)
    after = table.take("after", bool, default=False)
    otherwise = {
        value: tuple(table.as_word("approvers", Post, post) for post in posts)
        for value, posts in table.take("otherwise", dict, {}).items()
    }
    settled_by = table.take("settled_by", str, "")
    if bool(otherwise) is not bool(settled_by):
        raise table.refuse(
            "missing_key:settled_by" if otherwise else "missing_key:otherwise"
        )
    if after and not approvers:
        raise table.refuse("nobody_reviews")
    return WaiverEntry(
        at=at,
        form=table.word("form", RecordForm, RecordForm.RECORDING),
        code=table.take("code", str, "") or None,
        rule=WaiverRule(
            grounds=grounds,
            approvers=approvers,
            after=after,
            settled_by=settled_by,
            otherwise=tuple(otherwise.items()),
            cites=cites,
        ),
        since=table.take("since", date),
        mark=table.mark(),
        says=table.says(),
    )


def _term(table: Table, code: str, issuer: str) -> Term:
    if "unit" not in table.values:
        raise table.refuse("number_without_unit")
    length = table.take("length", int)
    warn = table.take("warn", list, [])
    extends = table.take("extends", int, 0)
    times = table.take("extend_times", int, 0)
    counts = all(isinstance(n, int) and n >= 0 for n in warn)
    if length < 1 or extends < 0 or times < 0 or not counts:
        raise table.refuse("not_a_length")
    deducts, in_writing = table.texts("deducts"), table.texts("in_writing")
    for ground in in_writing:
        table.check("ground", ground, deducts)
    return Term(
        code=code,
        length=length,
        unit=table.unit(),
        rolls=table.take("rolls", bool, default=False),
        right=table.take("right", bool, default=False),
        cites=table.cites(),
        since=table.take("since", date),
        label=table.take("label", str, ""),
        warn=tuple(warn),
        deducts=deducts,
        in_writing=in_writing,
        extends=extends,
        extend_times=times,
        extended_by=table.words("extended_by", Post),
        fixed=table.take("fixed", bool, default=False),
        before=table.take("before", bool, default=False),
        warned=table.words("warned", Capacity),
        escalates=table.words("escalates", Capacity),
        procedures=table.texts("procedures"),
        locks=table.take("locks", bool, default=False),
        source=issuer,
        mark=table.mark(),
        starts=table.maybe_word("starts", ClockStart),
        says=table.says(),
    )


def _parameter(table: Table, name: str, issuer: str) -> Parameter:
    value = table.values.pop("value", None)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    elif not isinstance(value, str | int):
        raise table.refuse("wrong_type:value")
    unit = table.take("unit", str, "")
    counted = isinstance(value, int) and not isinstance(value, bool)
    if counted and not unit:
        raise table.refuse("number_without_unit")
    if unit:
        table.check("unit", unit, _UNITS)
    if name.endswith(DECIDERS):
        _check_posts(table, value)
    choices = table.texts("choices")
    if choices and value not in choices:
        raise table.refuse(f"not_a_choice:{value}")
    return Parameter(
        name=name,
        value=value,
        unit=unit,
        since=table.take("since", date),
        cites=table.cites(),
        source=issuer,
        mark=table.mark(),
        label=table.take("label", str, ""),
        settles=table.take("settles", str, ""),
        choices=choices,
        says=table.says(),
    )


def _check_posts(table: Table, value: Value) -> None:
    """Refuse a parameter that names who may decide, and names nobody, or a stranger."""
    if not isinstance(value, tuple) or not value:
        raise table.refuse("nobody_decides")
    for post in value:
        table.as_word("value", Post, post)


def _posts(table: Table, capacity: str) -> PostEntry:
    matter = table.take("matter", str, "") or None
    if matter is not None:
        table.check("activity", matter, _matters(table.known))
    return PostEntry(
        capacity=table.as_word("capacity", Capacity, capacity),
        matter=matter,
        posts=table.words("posts", Post),
        since=table.take("since", date),
        cites=table.cites(),
        mark=table.mark(),
        says=table.says(),
    )


def _matters(known: Known) -> Collection[str] | None:
    """Return what a capacity may be reserved in: activities and documents."""
    if known.activities is None or known.documents is None:
        return None
    return {*known.activities, *known.documents}


def _separation(table: Table) -> Separation:
    capacities = frozenset(table.words("capacities", Capacity))
    apart_from = frozenset(table.words("apart_from", Capacity))
    if not capacities or (len(capacities) == 1 and not apart_from):
        raise table.refuse("nothing_to_keep_apart")
    return Separation(
        rule=table.take("rule", str),
        capacities=capacities,
        apart_from=apart_from,
        cites=table.cites(),
        since=table.take("since", date),
        mark=table.mark(),
    )


def _lines(
    jurisdiction: Jurisdiction, tables: Pack
) -> dict[tuple[str, Key], int | None]:
    """Return the line of each entry; refuse two with one key and one day."""
    lines: dict[tuple[str, Key], int | None] = {}
    for kind, pairs in jurisdiction.keyed():
        seen: Counter[str] = Counter()
        for key, _ in pairs:
            header = kind if kind in LISTS else f"{kind}.{key[0]}"
            line = tables.line(header, seen[header])
            seen[header] += 1
            if (kind, key) in lines:
                name = _name(kind, key)
                raise InvalidPack(jurisdiction.file, line, name, "overlapping_since")
            lines[kind, key] = line
    return lines


def _name(kind: str, key: Key) -> str:
    return " ".join((kind, *(str(part) for part in key if part is not None)))
