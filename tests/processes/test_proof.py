"""The shipped diagrams are proved as far as they can be explored."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.bpmn.errors import ProofFailed
from engine.bpmn.prove_law import read_law
from engine.commands import definitions, linting, proofs
from forms import registry
from storage.models import ProcessVersion
from tests.case_file import MONDAY
from tests.factories import PROCESSES, shipped

TODAY = date(2026, 11, 21)


def test_every_process_is_proved_for_every_authority():
    """No path of a shipped process leaves out what any authority's rules ask for."""
    files = definitions.read_folder(PROCESSES)
    found = proofs.prove_all(files, TODAY)
    packs = {Path(name).stem for name in files if name.startswith("jurisdictions/")}
    offences = {
        (proof.process, proof.authority): [str(s) for s in proof.offences[0].path]
        for proof in found
        if proof.offences
    }

    assert offences == {}
    assert all(proof.holds for proof in found)
    assert {proof.authority for proof in found} == packs
    assert {proof.process for proof in found} >= {"penalty", "license", "inspection"}


def test_every_demand_cites_a_clause_that_is_there():
    """What is demanded names clauses whose text is kept."""
    files = definitions.read_folder(PROCESSES)
    known = linting.clause_ids(files)
    demands = [demand for name in proofs.LAW for demand in read_law(files[name])]
    cited = {cite for demand in demands for cite in demand.cites}

    assert cited - known == set()


def test_every_mandatory_record_is_stated():
    """Packs and diagrams ask for nothing that the proof does not state: make proof."""
    lacking = proofs.unstated(definitions.read_folder(PROCESSES), TODAY)

    assert [proofs.as_toml(demand) for demand in lacking] == []


def test_publishing_is_refused_with_the_path(office):
    """A path around a demanded step is refused, and nothing is published."""
    demand = """
        [[before]]
        at = ["step:trial/settle"]
        any = ["step:trial/answered"]
        zh = "answer"
        cites = ["pl-58"]
    """
    codes = [definition.code for definition in registry.all()]
    with office.reading() as session:
        before = session.query(ProcessVersion).count()
    with (
        office.transaction(at=MONDAY) as tx,
        pytest.raises(ProofFailed) as refused,
    ):
        definitions.publish(tx, {**shipped(), "proof.toml": demand}, codes)
    with office.reading() as session:
        after = session.query(ProcessVersion).count()

    assert refused.value.milestone == "trial/settle"
    assert refused.value.cites == ["pl-58"]
    assert [stage.split()[0] for stage in refused.value.path] == [
        "ask",
        "lapsed",
        "settle",
    ]
    assert after == before


def test_what_was_proved_is_not_proved_again(office):
    """Only a process that is drawn anew is proved again, or another day's law."""
    files = shipped()
    name = "license/license.bpmn"
    redrawn = {**files, name: f"{files[name]}\n"}
    with office.reading() as session:
        known = definitions.proved(session)
    today = MONDAY.date()
    again = proofs.prove_all(redrawn, today, known=known)
    long_ago = proofs.marks(files, date(2012, 6, 1))

    assert proofs.prove_all(files, today, known=known) == ()
    assert {proof.process for proof in again} == {"license"}
    assert long_ago["penalty"] not in known


def test_publishing_notes_what_was_proved_once(office):
    """The chain of the installation holds one mark for each process and law."""
    codes = [definition.code for definition in registry.all()]
    with office.reading() as session:
        before = definitions.proved(session)
    with office.transaction(at=MONDAY) as tx:
        definitions.publish(tx, shipped(), codes)
    with office.reading() as session:
        after = definitions.proved(session)

    assert before == after
    assert set(proofs.marks(shipped(), MONDAY.date()).values()) <= after
