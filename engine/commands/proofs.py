"""Prove what is about to be published, for every authority with a rule pack."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from engine.bpmn.decisions import read_table
from engine.bpmn.errors import NotProvable
from engine.bpmn.model import Node, Process
from engine.bpmn.prove import MAX_STATES, Proof, prove
from engine.bpmn.prove_law import Asked, Demand, read_law
from engine.bpmn.reader import read
from engine.rules import jurisdiction
from engine.rules.entries import Jurisdiction, RecordEntry
from engine.rules.requirements import Requirement, merge
from storage.digest import digest
from storage.vocabulary import Level

#: What is proved: the order of things, and the records at each step.
LAW = ("proof.toml", "proof_records.toml")
#: The pack that holds where the issuer's own is silent; by itself an authority too.
NATIONAL = "national"
#: Proofs kept in one worker: the same files are not explored twice.
MAX_KEPT = 8


@dataclass(frozen=True)
class Proved:
    """What was explored to its end, and the processes that were too wide for it."""

    proofs: tuple[Proof, ...]
    unproved: tuple[str, ...]


#: How far publishing explores a process; a wider one is published unproved.
PUBLISHING_STATES = 3_000

_kept: OrderedDict[str, Proved] = OrderedDict()
_lock = threading.Lock()


def prove_all(
    files: Mapping[str, str], on: date, *, max_states: int = MAX_STATES
) -> Proved:
    """Return the proof of every process that cases open in, for every authority.

    Args:
        files: texts by path, as ``definitions.read_folder`` returns them.
        on: the legal day whose law is asked.
        max_states: how far each process is explored.

    Raises:
        InvalidProof: what is to be proved cannot be read.
        NotProvable: a process is outside the profile.
    """
    wanted = {path: text for path, text in files.items() if _counts(path)}
    mark = digest([wanted, on.isoformat(), max_states])
    with _lock:
        found = _kept.get(mark)
    if found is None:
        found = _prove_all(wanted, on, max_states)
        with _lock:
            _kept[mark] = found
            while len(_kept) > MAX_KEPT:
                _kept.popitem(last=False)
    return found


def require(files: Mapping[str, str], on: date) -> None:
    """Raise ProofFailed for the first process that a path leaves something out of.

    A process too wide to be explored while somebody waits is passed over.
    """
    for proof in prove_all(files, on, max_states=PUBLISHING_STATES).proofs:
        proof.require()


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


def _prove_all(files: Mapping[str, str], on: date, max_states: int) -> Proved:
    models = _models(files)
    packs = _packs(files)
    found = {path: text for path, text in files.items() if _is(path, "dmn")}
    tables = {_stem(path): read_table(text.encode()) for path, text in found.items()}
    demands = _law(files)
    authorities = {
        issuer: _asked(packs[NATIONAL], pack, on) for issuer, pack in packs.items()
    }
    proofs: list[Proof] = []
    unproved = []
    for root in opened(models):
        try:
            proofs += prove(
                models, tables, root, demands, authorities, max_states=max_states
            )
        except NotProvable as stopped:
            if stopped.reason != "too_many_states":
                raise
            unproved.append(root)
    return Proved(tuple(proofs), tuple(unproved))


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


def _counts(path: str) -> bool:
    packs = path.startswith("jurisdictions/")
    return packs or path in LAW or _is(path, "bpmn") or _is(path, "dmn")


def _is(path: str, kind: str) -> bool:
    return path.endswith(f".{kind}")


def _stem(path: str) -> str:
    return PurePosixPath(path).stem
