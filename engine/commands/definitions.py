"""Publish diagrams, decision tables and rule packs; versions never change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.model import Process
from engine.bpmn.reader import read
from engine.commands import proofs
from engine.commands.linting import GLOSSARY, lint_all
from engine.commands.new_calendar import RECOUNT_JOB
from engine.commands.pinned import CALENDAR, SHANGHAI, bundle_of
from engine.events import EventTag
from engine.rules import jurisdiction
from storage.database import new_id
from storage.digest import digest
from storage.models import Event, PackVersion, ProcessVersion, RequirementSet
from storage.transaction import Transaction

#: Every installation's own chain for what belongs to no case.
INSTALLATION = UUID(int=0)

#: Catalogues that every published process carries with it.
CATALOGUES = ("activities.toml", "facts.toml")


def read_folder(folder: Path) -> dict[str, str]:
    """Return the texts below ``processes/`` that publishing needs, by path."""
    found = [folder / name for name in (*CATALOGUES, *proofs.LAW)]
    for pattern in ("*/*.bpmn", "*/*.dmn", "jurisdictions/*.toml"):
        found += sorted(folder.glob(pattern))
    found += sorted(folder.glob("clauses/*.csv"))
    found += [folder / "calendars" / "cn.toml", folder / GLOSSARY]
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found
    }


def check(files: Mapping[str, str], documents: Iterable[str]) -> dict[str, Process]:
    """Return the diagrams among *files* by key, all of them fit to be published.

    Raises:
        UnreadableDiagram, BadDiagram: a diagram has an error.
        InvalidPack: a rule pack has an error.
    """
    models = {_stem(p): read(t.encode()) for p, t in files.items() if _is(p, "bpmn")}
    lint_all(models, files, documents)
    for root in models:
        bundle_of(root, _closure(root, models, files))
    return models


def publish(tx: Transaction, files: Mapping[str, str], documents: Iterable[str]) -> int:
    """Publish what is new among *files*; returns how many requirement sets are new.

    Re-publishing unchanged files does nothing. What is proved is noted in the chain
    of the installation, and not proved again: call ``prove_ahead`` before, so that
    nothing is proved while others wait to write.

    Raises:
        BadDiagram: a diagram has an error; nothing is published.
        ProofFailed: a path leaves out what the law asks for; nothing is published.
        NotProvable: a node is outside what can be explored; nothing is published.
        InvalidPack: a rule pack has an error, or edits what was in force; nothing
            is published.
    """
    models = check(files, documents)
    known = proved(tx.session)
    proved_now = proofs.require(files, _day(tx.now), known)
    before = _newest_pack(tx, CALENDAR)
    calendar = _publish_pack(tx, CALENDAR, files["calendars/cn.toml"])
    if before is not None and calendar.id != before.id:
        tx.enqueue(RECOUNT_JOB, str(calendar.id), {})
    packs = {}
    for path, text in files.items():
        if path.startswith("jurisdictions/"):
            packs[_stem(path)] = _publish_pack(tx, _stem(path), text)
    fresh = 0
    opened = proofs.opened(models)
    for root in models:
        version = _publish_process(tx, root, _closure(root, models, files))
        for issuer, pack in packs.items():
            if issuer != proofs.NATIONAL and root in opened:
                fresh += _publish_set(tx, version, pack, packs[proofs.NATIONAL])
        if root in proved_now and proved_now[root].mark not in known:
            _note_proof(tx, version, proved_now[root])
    return fresh


def _note_proof(tx: Transaction, version: ProcessVersion, found: proofs.Proved) -> None:
    """Keep in the chain what was explored of a version, and for whom."""
    tx.log_apart(
        EventTag.PROCESS_PROVED,
        INSTALLATION,
        by=None,
        subject=found.mark,
        facts={
            "key": version.key,
            "version": version.number,
            "authorities": found.facts(),
        },
    )


def prove_ahead(session: Session, files: Mapping[str, str], at: datetime) -> None:
    """Prove what was never proved of *files* by the law of the day of *at*.

    Raises:
        ProofFailed: a path leaves out what the law asks for.
        NotProvable: a process cannot be explored to its end.
    """
    proofs.require(files, _day(at), proved(session))


def proved(session: Session) -> frozenset[UUID]:
    """Return the marks of everything that was proved here before."""
    found = session.scalars(
        select(Event.subject_id).where(
            Event.stream_id == INSTALLATION, Event.tag == EventTag.PROCESS_PROVED
        )
    )
    return frozenset(mark for mark in found if mark is not None)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def newest_set(
    tx: Transaction, process_key: str, issuer: str, number: int | None = None
) -> RequirementSet | None:
    """Return the requirement set that a case started today is pinned to.

    With *number* it is the newest of that version. None that was withdrawn is found.
    """
    query = select(RequirementSet).where(
        RequirementSet.process_key == process_key,
        RequirementSet.issuer == issuer,
        RequirementSet.withdrawn_at.is_(None),
    )
    if number is not None:
        query = query.join(
            ProcessVersion, RequirementSet.process_version_id == ProcessVersion.id
        ).where(ProcessVersion.number == number)
    newest = (RequirementSet.published_at.desc(), RequirementSet.id.desc())
    return tx.session.scalar(query.order_by(*newest).limit(1))


def _closure(
    root: str, models: Mapping[str, Process], files: Mapping[str, str]
) -> dict[str, str]:
    wanted, queue = set[str](), [root]
    while queue:
        key = queue.pop()
        if key not in wanted:
            wanted.add(key)
            queue += [n.called for n in models[key].nodes.values() if n.called]
    tables = {
        node.decision
        for key in wanted
        for node in models[key].nodes.values()
        if node.decision
    }
    return {
        path: text
        for path, text in sorted(files.items())
        if (_is(path, "bpmn") and _stem(path) in wanted)
        or (_is(path, "dmn") and _stem(path) in tables)
        or path in CATALOGUES
    }


def _publish_process(
    tx: Transaction, key: str, files: dict[str, str]
) -> ProcessVersion:
    mark = digest(files)
    newest = tx.session.scalar(
        select(ProcessVersion)
        .where(ProcessVersion.key == key)
        .order_by(ProcessVersion.number.desc())
        .limit(1)
    )
    if newest is not None and newest.digest == mark:
        return newest
    bundle_of(key, files)
    version = ProcessVersion(
        id=new_id(),
        key=key,
        number=newest.number + 1 if newest else 1,
        digest=mark,
        files=files,
        published_at=tx.now,
    )
    tx.add(version)
    tx.session.flush()
    tx.log_apart(
        EventTag.PROCESS_PUBLISHED,
        INSTALLATION,
        by=None,
        subject=version.id,
        facts={"key": key, "number": version.number, "digest": mark},
    )
    tx.session.flush()
    return version


def _newest_pack(tx: Transaction, issuer: str) -> PackVersion | None:
    return tx.session.scalar(
        select(PackVersion)
        .where(PackVersion.issuer == issuer)
        .order_by(PackVersion.number.desc())
        .limit(1)
    )


def _publish_pack(tx: Transaction, issuer: str, text: str) -> PackVersion:
    mark = digest(text)
    newest = _newest_pack(tx, issuer)
    if newest is not None and newest.digest == mark:
        return newest
    if newest is not None and issuer != CALENDAR:
        jurisdiction.check_succession(
            jurisdiction.load(newest.text, f"{issuer}.toml"),
            jurisdiction.load(text, f"{issuer}.toml"),
            tx.now.astimezone(SHANGHAI).date(),
        )
    number = 1 + (
        tx.session.scalar(
            select(func.max(PackVersion.number)).where(PackVersion.issuer == issuer)
        )
        or 0
    )
    version = PackVersion(
        id=new_id(),
        issuer=issuer,
        number=number,
        digest=mark,
        text=text,
        published_at=tx.now,
    )
    tx.add(version)
    tx.session.flush()
    tx.log_apart(
        EventTag.PACK_PUBLISHED,
        INSTALLATION,
        by=None,
        subject=version.id,
        facts={"issuer": issuer, "number": number, "digest": mark},
    )
    tx.session.flush()
    return version


def _publish_set(
    tx: Transaction, version: ProcessVersion, pack: PackVersion, national: PackVersion
) -> int:
    mark = digest([version.digest, pack.digest, national.digest, pack.issuer])
    known = tx.session.scalar(
        select(RequirementSet.id).where(RequirementSet.digest == mark)
    )
    if known is not None:
        return 0
    tx.add(
        RequirementSet(
            id=new_id(),
            process_version_id=version.id,
            pack_version_id=pack.id,
            national_version_id=national.id,
            process_key=version.key,
            issuer=pack.issuer,
            digest=mark,
            published_at=tx.now,
        )
    )
    tx.session.flush()
    return 1


def _is(path: str, kind: str) -> bool:
    return path.endswith(f".{kind}")


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
