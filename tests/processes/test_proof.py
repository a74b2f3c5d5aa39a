"""The shipped diagrams are proved, and no gate can be taken away unnoticed."""

from __future__ import annotations

import random

import pytest

from engine.bpmn.errors import ProofFailed
from engine.commands import definitions, linting, proofs
from forms import registry
from storage.models import ProcessVersion
from tests.case_file import MONDAY
from tests.factories import PROCESSES, shipped
from tests.processes.gates import TODAY, drawn_gates, pack_gates, shipped_law

#: Steps whose absence no demand notices, and why none should.
NOT_GATES = {
    # Acts that the case may need or not; what they ask for is asked when they are done.
    "penalty/onsite_inspection step",
    "penalty/interview step",
    "penalty/further_onsite step",
    "penalty/correction_order step",
    "penalty/evidence_registration_early step",
    "penalty/evidence_registration step",
    # A deadline, not an order, says that preserved evidence is settled.
    "evidence_registration/registration_settlement step",
    # Mends what a review returned; the review must pass all the same.
    "legal_review/review_supplement step",
    # Without the call there is no closing that could lack anything.
    "penalty/closing step",
    # The last step of its path: nothing is reached after it.
    "closing/archive_case step",
    "penalty/close_referred_case step",
    "penalty/close_undocketed_case step",
}
MINUTES = "discussion_record record document:collective_discussion_record"
#: Records that a diagram asks for and the national pack as well, by the same clause.
ASKED_TWICE = {
    f"collective_discussion/{MINUTES}",
    "legal_review/review_opinion record document:legal_review_opinion",
    "service/serve record document:proof_of_service",
}


@pytest.fixture(scope="module")
def law():
    """Return the shipped law."""
    return shipped_law()


def test_every_process_is_proved_for_every_authority():
    """No path of a shipped process leaves out what any authority's rules ask for."""
    found = proofs.prove_all(definitions.read_folder(PROCESSES), TODAY)
    offences = {
        (proof.process, proof.authority): [str(s) for s in proof.offences[0].path]
        for proof in found
        if not proof.holds
    }

    assert offences == {}
    assert {proof.authority for proof in found} == set(shipped_law().packs)


def test_every_demand_is_about_some_step(law):
    """No demand is empty: each was asked at a step that some case comes to."""
    asked = {demand for proof in law.proofs() for demand in proof.demands}

    assert [d for d in law.demands if d not in asked] == []


def test_every_demand_cites_a_clause_that_is_there(law):
    """What is demanded names clauses whose text is kept."""
    known = linting.clause_ids(definitions.read_folder(PROCESSES))
    cited = {cite for demand in law.demands for cite in demand.cites}

    assert cited - known == set()


def test_every_mandatory_record_is_stated():
    """Packs and diagrams ask for nothing that the proof does not state: make proof."""
    lacking = proofs.unstated(definitions.read_folder(PROCESSES), TODAY)

    assert [proofs.as_toml(demand) for demand in lacking] == []


def test_a_diagram_without_one_gate_is_not_proved(law):
    """Each record, guard, checkpoint, step and window of the penalty is missed."""
    survivors = {
        gate.name
        for gate in drawn_gates(law, "penalty")
        if all(proof.holds for proof in gate.law.proofs(gate.issuer, root="penalty"))
    }

    assert survivors == NOT_GATES | ASKED_TWICE


@pytest.mark.generated
def test_a_pack_without_one_record_is_not_proved(law, rounds):
    """Each mandatory record of a pack is missed, unless another source asks for it."""
    gates = list(pack_gates(law))
    rng = random.Random(20261121)  # noqa: S311  # a repeatable sample
    for gate in rng.sample(gates, rounds(30, len(gates))):
        holds = all(proof.holds for proof in gate.law.proofs(gate.issuer))

        assert gate.redundant or not holds, gate.name


def test_publishing_is_refused_with_the_path(office):
    """A diagram that goes around the legal review is refused; nothing is published."""
    name = "penalty/penalty.bpmn"
    text = shipped()[name]
    needless = "legal_review_required == false"
    around = text.replace(needless, f"{needless} or mitigated == true")
    files = {**definitions.read_folder(PROCESSES), name: around}
    codes = [definition.code for definition in registry.all()]
    assert around != text
    with (
        office.transaction(at=MONDAY) as tx,
        pytest.raises(ProofFailed) as refused,
    ):
        definitions.publish(tx, files, codes)
    with office.reading() as session:
        versions = session.query(ProcessVersion).filter_by(key="penalty").count()

    assert refused.value.milestone == "penalty/decision_approval"
    assert refused.value.cites == ["pl-58"]
    assert refused.value.path[-1].startswith("decision_approval")
    assert "legal_review_required = true" in " ".join(refused.value.path)
    assert versions == 1
