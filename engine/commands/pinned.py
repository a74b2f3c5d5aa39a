"""What a case is pinned to: its diagram, its rule packs, its words."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, aliased

from engine.bpmn.model import Node
from engine.rules import jurisdiction
from engine.rules.calendar import Calendar
from engine.rules.facts import FactCatalogue
from engine.rules.jurisdiction import Jurisdiction, Ruleset
from engine.rules.requirements import Requirement, merge
from engine.runtime.definitions import Bundle
from storage.models import PackVersion, ProcessVersion, RequirementSet
from storage.prepared import Prepared
from storage.vocabulary import RecordForm

#: Legal days are days in Shanghai.
SHANGHAI = ZoneInfo("Asia/Shanghai")

#: Under this name the holiday table is published beside the rule packs.
CALENDAR = "calendar"


@dataclass(frozen=True)
class Pinned:
    """The law and the diagram of one case; shared by all cases pinned alike."""

    id: UUID
    process_key: str
    version: int
    bundle: Bundle
    facts: FactCatalogue
    national: Jurisdiction
    issuer: Jurisdiction
    packs: tuple[int, int] = (0, 0)  #: which version of the pack and of the nation's
    _rules: dict[date, Ruleset] = field(default_factory=dict)
    _asked: dict[tuple[str, str, date], tuple[Requirement, ...]] = field(
        default_factory=dict
    )

    def rules(self, moment: datetime) -> Ruleset:
        """Return what is in force on the legal day of *moment*, and drawn timers."""
        day = moment.astimezone(SHANGHAI).date()
        found = self._rules.get(day)
        if found is None:
            found = jurisdiction.resolve(self.national, self.issuer, day)
            if self.bundle.terms:
                found = replace(found, terms={**found.terms, **self.bundle.terms})
            self._rules[day] = found
        return found

    def requirements(self, node: Node, moment: datetime) -> tuple[Requirement, ...]:
        """Return every record asked for at *node*, the stricter of all sources."""
        day = moment.astimezone(SHANGHAI).date()
        key = (node.process, node.id, day)
        found = self._asked.get(key)
        if found is None:
            of_law = (
                self.rules(moment).records(node.activity)
                if node.activity is not None
                else ()
            )
            found = merge(of_law, node.records)
            self._asked[key] = found
        return found

    @cached_property
    def homes(self) -> Mapping[str, frozenset[str]]:
        """Where each document is made: document code → element ids that ask for it."""
        homes: dict[str, set[str]] = {}
        today = max(self.issuer.since, self.national.since)
        moment = datetime.combine(today, datetime.min.time(), SHANGHAI)
        for model in self.bundle.models.values():
            for node in model.nodes.values():
                for asked in self.requirements(node, moment):
                    if asked.form is RecordForm.DOCUMENT and not asked.carried:
                        for code in asked.codes:
                            homes.setdefault(code, set()).add(node.id)
        return {code: frozenset(elements) for code, elements in homes.items()}


_pinned: dict[UUID, Pinned] = {}
_calendars: dict[UUID, Calendar] = {}
_lock = threading.Lock()


def compiled_of(requirement_set_id: UUID) -> Pinned | None:
    """Return what *requirement_set_id* names, if this process compiled it before."""
    return _pinned.get(requirement_set_id)


def pinned_to(session: Session, requirement_set_id: UUID) -> Pinned:
    """Return what *requirement_set_id* names, compiled once per process."""
    found = compiled_of(requirement_set_id)
    if found is not None:
        return found
    with _lock:
        national = aliased(PackVersion)
        row = session.execute(
            select(RequirementSet, ProcessVersion, PackVersion, national)
            .join(
                ProcessVersion, RequirementSet.process_version_id == ProcessVersion.id
            )
            .join(PackVersion, RequirementSet.pack_version_id == PackVersion.id)
            .join(national, RequirementSet.national_version_id == national.id)
            .where(RequirementSet.id == requirement_set_id)
        ).one()
        found = compile_set(row[0], row[1], row[2], row[3])
        _pinned[requirement_set_id] = found
        return found


def compile_set(
    requirement_set: RequirementSet,
    process: ProcessVersion,
    pack: PackVersion,
    national: PackVersion,
) -> Pinned:
    """Compile stored texts into what commands work with."""
    return Pinned(
        id=requirement_set.id,
        process_key=process.key,
        version=process.number,
        bundle=bundle_of(process.key, process.files),
        facts=FactCatalogue.load(process.files["facts.toml"]),
        national=jurisdiction.load(national.text, f"{national.issuer}.toml"),
        issuer=jurisdiction.load(pack.text, f"{pack.issuer}.toml"),
        packs=(pack.number, national.number),
    )


def bundle_of(root: str, files: Mapping[str, str]) -> Bundle:
    """Return the diagrams and decision tables among *files*, ready to run."""
    diagrams = {
        _stem(path): text.encode()
        for path, text in files.items()
        if path.endswith(".bpmn")
    }
    tables = {
        _stem(path): text.encode()
        for path, text in files.items()
        if path.endswith(".dmn")
    }
    return Bundle.load(diagrams, tables, root)


#: Built once: to build a statement costs more than to carry it out.
_NEWEST_CALENDAR = Prepared(
    select(PackVersion.id)
    .where(PackVersion.issuer == CALENDAR)
    .order_by(PackVersion.number.desc())
    .limit(1)
)


def newest_calendar(connection: Connection) -> UUID:
    """Return the version of the newest holiday table that was published."""
    (newest,) = _NEWEST_CALENDAR.tuples(connection)[0]
    found: UUID = newest
    return found


def calendar_now(connection: Connection) -> Calendar:
    """Return the newest holiday table that was published."""
    newest = newest_calendar(connection)
    found = _calendars.get(newest)
    if found is None:
        wanted = select(PackVersion.text).where(PackVersion.id == newest)
        text = connection.execute(wanted).scalar_one()
        found = _calendars[newest] = Calendar.load(text)
    return found


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
