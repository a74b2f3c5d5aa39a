"""Prove what is about to be published, for every authority with a rule pack."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID, uuid5

from engine.bpmn import expressions
from engine.bpmn.decisions import DecisionTable, read_table
from engine.bpmn.model import Node, Process
from engine.bpmn.prove import Proof, prove
from engine.bpmn.prove_law import Asked, Demand, read_law
from engine.bpmn.reader import read
from engine.rules import jurisdiction
from engine.rules.entries import Jurisdiction, RecordEntry
from engine.rules.requirements import Requirement, merge
from engine.runtime.service_tasks import noted
from storage.digest import digest
from storage.vocabulary import Level

#: What is proved: the order of things, and the records at each step.
LAW = ("proof.toml", "proof_records.toml")
#: The pack that holds where the issuer's own is silent; by itself an authority too.
NATIONAL = "national"
#: Proofs kept in one worker: the same process is not explored twice.
MAX_KEPT = 40
#: What proves: when it changes, everything is proved again.
PROVER = Path(expressions.__file__).parent
#: Marks are made within it.
NAMESPACE = UUID("5a0c5c1e-3f0e-4c55-9a53-6d1f0f5f7c10")


_kept: OrderedDict[str, tuple[Proof, ...]] = OrderedDict()
_lock = threading.Lock()


def prove_all(
    files: Mapping[str, str],
    on: date,
    *,
    known: Collection[UUID] = (),
    done: Callable[[str, int, int], None] = lambda *_: None,
    found: Callable[[tuple[Proof, ...]], None] = lambda _: None,
) -> tuple[Proof, ...]:
    """Return the proof of every process that cases open in, for every authority.

    Args:
        files: texts by path, as ``definitions.read_folder`` returns them.
        on: the legal day whose law is asked.
        known: marks of what was proved before and is passed over.
        done: told the process and how many demands of how many are explored.
        found: told the proofs of each process as soon as they are there.

    Raises:
        InvalidProof: what is to be proved cannot be read.
        NotProvable: a process is outside the profile.
    """
    law = _Asking.read(files, on)
    proofs: list[Proof] = []
    for root, mark in law.marks.items():
        if mark not in known:
            fresh = law.prove(root, partial(done, root))
            found(fresh)
            proofs += fresh
    return tuple(proofs)


@dataclass(frozen=True)
class Proved:
    """What is proved of a process, by its mark."""

    mark: UUID
    proofs: tuple[Proof, ...]  #: for each authority; empty: it was known before

    def facts(self) -> list[dict[str, Any]]:
        """Return what was explored for each authority, as the chain keeps it."""
        return [
            {
                "authority": proof.authority,
                "states": proof.states,
                "ways": proof.ways,
                "demands": len(proof.demands),
            }
            for proof in self.proofs
        ]


def require(
    files: Mapping[str, str], on: date, known: Collection[UUID] = ()
) -> dict[str, Proved]:
    """Return what is proved of each process that cases open in.

    What is *known* is not proved again, nor what this worker has proved before.

    Raises:
        ProofFailed: a path leaves something out.
        NotProvable: a process cannot be explored to its end.
    """
    found: dict[str, tuple[Proof, ...]] = {}
    proofs = prove_all(
        files, on, known=known, found=lambda some: found.update({some[0].process: some})
    )
    for proof in sorted(proofs, key=lambda proof: not proof.offences):
        proof.require()
    return {
        root: Proved(mark, found.get(root, ()))
        for root, mark in marks(files, on).items()
    }


def marks(files: Mapping[str, str], on: date) -> dict[str, UUID]:
    """Return the mark of what is to be proved of each process on a day."""
    return _Asking.read(files, on).marks


def opened(models: Mapping[str, Process]) -> list[str]:
    """Return what cases open in: what nothing else calls."""
    called = {node.called for model in models.values() for node in model.nodes.values()}
    return [key for key in models if key not in called]


def unstated(files: Mapping[str, str], on: date) -> list[Demand]:
    """Return the mandatory records of packs and diagrams that no demand states."""
    models = _models(files)
    known = {
        (at, demand.record, demand.when, issuer)
        for demand in _law(files)
        for at in demand.at
        for issuer in demand.issuers or ("",)
    }
    fresh = []
    for demand in (*_of_diagrams(models), *_of_packs(files, models, on)):
        issuer = demand.issuers[0] if demand.issuers else ""
        key = (demand.at[0], demand.record, demand.when, issuer)
        if key not in known:
            known.add(key)
            fresh.append(demand)
    return fresh


def as_toml(demand: Demand) -> str:
    """Return a record's demand as it stands in ``proof_records.toml``."""
    lines = ["[[record]]", f"at = {_quoted(list(demand.at))}"]
    lines.append(f"record = {_quoted(demand.record)}")
    if demand.when:
        lines.append(f"when = {_quoted(demand.when)}")
    if demand.issuers:
        lines.append(f"issuers = {_quoted(list(demand.issuers))}")
    lines.append(f"cites = {_quoted(list(demand.cites))}")
    return "\n".join(lines) + "\n"


def _quoted(value: Any) -> str:
    # What JSON writes for texts and lists of texts is TOML as well.
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class _Asking:
    """What is to be proved on one day."""

    files: Mapping[str, str]
    models: Mapping[str, Process]
    packs: Mapping[str, Jurisdiction]
    on: date

    @classmethod
    def read(cls, files: Mapping[str, str], on: date) -> _Asking:
        """Read the diagrams and packs among *files*."""
        return cls(files, _models(files), _packs(files), on)

    @cached_property
    def marks(self) -> dict[str, UUID]:
        """Name what is proved of each process: equal marks, equal proofs.

        The day matters only by the entries that are in force on it.
        """
        in_force = {issuer: self._in_force(issuer) for issuer in self.packs}
        law = [self.files[name] for name in LAW]
        prover = [path.read_text("utf-8") for path in sorted(PROVER.glob("*.py"))]
        return {
            root: uuid5(
                NAMESPACE, digest([root, self._drawn(root), law, in_force, prover])
            )
            for root in opened(self.models)
        }

    def prove(self, root: str, done: Callable[[int, int], None]) -> tuple[Proof, ...]:
        """Prove one process, unless this worker has done so."""
        mark = str(self.marks[root])
        with _lock:
            found = _kept.get(mark)
        if found is None:
            found = prove(
                self.models,
                self._tables,
                root,
                _law(self.files),
                {issuer: self._asked(issuer) for issuer in self.packs},
                noted=noted(),
                done=done,
            )
            with _lock:
                _kept[mark] = found
                while len(_kept) > MAX_KEPT:
                    _kept.popitem(last=False)
        return found

    @cached_property
    def _tables(self) -> dict[str, DecisionTable]:
        return {
            _stem(path): read_table(text.encode())
            for path, text in self.files.items()
            if _is(path, "dmn")
        }

    def _drawn(self, root: str) -> dict[str, str]:
        """Return the texts of a process, what it calls, and all tables."""
        reached, queue = set[str](), [root]
        while queue:
            key = queue.pop()
            if key not in reached and key in self.models:
                reached.add(key)
                nodes = self.models[key].nodes.values()
                queue += [node.called for node in nodes if node.called]
        return {
            path: text
            for path, text in self.files.items()
            if _is(path, "dmn") or (_is(path, "bpmn") and _stem(path) in reached)
        }

    def _in_force(self, issuer: str) -> list[str]:
        rules = jurisdiction.resolve(self.packs[NATIONAL], self.packs[issuer], self.on)
        return [
            repr(entry)
            for _, _, entry in rules.in_force
            if isinstance(entry, RecordEntry)
        ]

    def _asked(self, issuer: str) -> Asked:
        return _asked(self.packs[NATIONAL], self.packs[issuer], self.on)


def _asked(national: Jurisdiction, pack: Jurisdiction, on: date) -> Asked:
    rules = jurisdiction.resolve(national, pack, on)
    found: dict[tuple[str, str], tuple[Requirement, ...]] = {}

    def asked(node: Node) -> tuple[Requirement, ...]:
        key = (node.process, node.id)
        if key not in found:
            of_law = rules.records(node.activity) if node.activity else ()
            found[key] = merge(of_law, node.records)
        return found[key]

    return asked


def _of_diagrams(models: Mapping[str, Process]) -> Iterator[Demand]:
    for model in models.values():
        for node in model.nodes.values():
            for record in node.records:
                if record.level is Level.MANDATORY:
                    yield _record(f"step:{model.key}/{node.id}", record, ())


def _of_packs(
    files: Mapping[str, str], models: Mapping[str, Process], on: date
) -> Iterator[Demand]:
    packs = _packs(files)
    drawn = {n.activity for model in models.values() for n in model.nodes.values()}
    for issuer, pack in sorted(packs.items()):
        rules = jurisdiction.resolve(packs[NATIONAL], pack, on)
        for source, _, entry in rules.in_force:
            if (
                isinstance(entry, RecordEntry)
                and source == issuer
                and entry.at in drawn
                and entry.requirement.level is Level.MANDATORY
            ):
                binds = () if issuer == NATIONAL else (issuer,)
                yield _record(f"done:{entry.at}", entry.requirement, binds)


def _record(at: str, record: Requirement, issuers: Iterable[str]) -> Demand:
    return Demand(
        kind="record",
        at=(at,),
        record=f"{record.form.value}:{'|'.join(record.codes)}",
        when=record.when,
        cites=record.cites,
        issuers=tuple(issuers),
    )


def _law(files: Mapping[str, str]) -> tuple[Demand, ...]:
    return tuple(demand for name in LAW for demand in read_law(files[name]))


def _models(files: Mapping[str, str]) -> dict[str, Process]:
    return {_stem(p): read(t.encode()) for p, t in files.items() if _is(p, "bpmn")}


def _packs(files: Mapping[str, str]) -> dict[str, Jurisdiction]:
    return {
        _stem(path): jurisdiction.load(text, path)
        for path, text in files.items()
        if path.startswith("jurisdictions/")
    }


def _is(path: str, kind: str) -> bool:
    return path.endswith(f".{kind}")


def _stem(path: str) -> str:
    return PurePosixPath(path).stem
