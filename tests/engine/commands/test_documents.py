"""Documents: drafted, frozen, signed over their digest, final; never edited after."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from engine.commands.errors import (
    DocumentNotDue,
    GateClosed,
    NotYours,
    SignatureRefused,
    StaleForm,
    TaskClosed,
)
from engine.errors import IllegalTransition, Invalid, NotFound
from engine.rules.errors import CertificateInvalid, SeparationOfDuties
from forms.submission import signed_snapshot
from storage.digest import digest
from storage.models import Document, Job, Person, Signature
from storage.vocabulary import DocumentStatus
from tests.case_file import ACCEPTED
from tests.factories import DAY

CODE = "acceptance_record"


@pytest.fixture
def case(office):
    """Return a case at its first step."""
    return office.open_case()


@pytest.fixture
def record(case):
    """Return a prepared document that waits for its signatures."""
    return case.prepare("zhou", "acceptance", CODE)


def stored(case, document_id):
    """Return a document as it is stored."""
    return case.find(Document, id=document_id)


def test_a_draft_begins_with_what_is_known(case, office):
    """A new draft is filled from the case, and takes the step for its author."""
    result = case.do("zhou", "documents.draft", "acceptance", code=CODE)
    document = case.documents(CODE)[0]

    assert result["status"] == document.status == DocumentStatus.DRAFT
    assert document.fields["party"]["name"] == "平顶山恒康源健康管理有限公司"
    assert case.task("acceptance").assignee_id == office.people["zhou"]


def test_a_draft_is_revised_until_it_is_prepared(case, office):
    """A draft may be incomplete and changed; each change has its version."""
    draft = case.draft("zhou", "acceptance", CODE)
    act = office.act
    act("zhou", "documents.revise", document_id=draft, fields={"source": "complaint"})
    with pytest.raises(Invalid) as refused:
        act("zhou", "documents.prepare", document_id=draft)
    with pytest.raises(StaleForm):
        act("zhou", "documents.revise", document_id=draft, fields={}, version=1)
    act("zhou", "documents.prepare", document_id=draft, fields=case.sample(CODE))

    assert "summary" in refused.value.errors
    assert stored(case, draft).version == 3


def test_preparing_freezes(case, record, office):
    """A prepared document has its number, its snapshot, and the digest of that."""
    document = stored(case, record)
    for fields in ({"source": "inspection"}, {}):
        with pytest.raises(IllegalTransition) as refused:
            office.act("zhou", "documents.revise", document_id=record, fields=fields)

        assert refused.value.facts() == {
            "life": "document",
            "from_": "prepared",
            "to": "draft",
        }
    with pytest.raises(IllegalTransition):
        office.act("zhou", "documents.prepare", document_id=record)

    assert document.number == "20260001"
    assert document.digest == digest(document.snapshot)
    assert stored(case, record).digest == document.digest


def test_a_stale_draft_is_not_prepared(case, office):
    """What somebody else changed meanwhile is not frozen unseen."""
    draft = case.draft("zhou", "acceptance", CODE)
    office.act("zhou", "documents.revise", document_id=draft, fields=case.sample(CODE))
    with pytest.raises(StaleForm):
        office.act("zhou", "documents.prepare", document_id=draft, version=1)
    office.act("zhou", "documents.prepare", document_id=draft, version=2)

    assert stored(case, draft).status is DocumentStatus.PREPARED


def test_a_document_belongs_to_its_step(case):
    """Another step's document is refused, with the step where it is due."""
    with pytest.raises(DocumentNotDue) as refused:
        case.draft("zhou", "acceptance", "penalty_decision")
    with pytest.raises(NotFound):
        case.do("zhou", "documents.draft", "acceptance", code="birthday_card")

    assert refused.value.document == "penalty_decision"
    assert refused.value.steps == ["decision_draft"]


def test_a_signature_binds_the_digest(case, record):
    """Each signature is given over the digest of what was prepared."""
    case.sign("zhou", record, "handler", digest=stored(case, record).digest)
    with pytest.raises(SignatureRefused) as refused:
        case.sign("qin", record, "reviewer", digest="0" * 64)
    case.sign("qin", record, "reviewer")
    document = stored(case, record)
    with case.office.reading() as session:
        digests = session.scalars(select(Signature.digest)).all()

    assert refused.value.reason == "other_version"
    assert digests == [document.digest] * 2
    assert (document.status, document.signed_by) == ("final", ["handler", "reviewer"])


def test_the_printed_text_is_the_signed_text(case, record, office):
    """Whatever changes in the register afterwards, the paper stays what was signed."""
    case.sign("zhou", record, "handler")
    with office.transaction() as tx:
        tx.session.execute(
            update(Person).where(Person.login == "zhou").values(name="周兰")
        )
    document = stored(case, record)
    with office.transaction() as tx:
        printed = signed_snapshot(tx, tx.session.merge(document))
    names = [each["name"] for each in printed["signatures"]]

    assert digest({**printed, "signatures": []}) == document.digest
    assert names == ["周岚"]


@pytest.mark.parametrize(
    ("who", "params", "reason"),
    [
        ("zhou", {"role": "approver"}, "no_such_role"),
        ("zhou", {"role": "king"}, "no_such_role"),
        ("zhou", {"role": "handler", "kind": "stamp"}, "form_not_accepted"),
        ("zhou", {"role": "handler", "kind": "refusal"}, "form_not_accepted"),
    ],
)
def test_a_signature_fits_its_place(case, record, who, params, reason):
    """A role, form or refusal that the document does not ask for is refused."""
    with pytest.raises(SignatureRefused) as refused:
        case.sign(who, record, **params)

    assert refused.value.reason == reason
    assert stored(case, record).signed_by == []


def test_a_draft_is_not_signed(case):
    """Nobody signs what may still change."""
    draft = case.draft("zhou", "acceptance", CODE)
    with pytest.raises(SignatureRefused) as refused:
        case.sign("zhou", draft, "handler")

    assert refused.value.reason == "not_prepared"


def test_a_place_is_filled_once(case, record):
    """A second signature on a filled place is refused."""
    case.sign("zhou", record, "handler")
    with pytest.raises(SignatureRefused) as refused:
        case.sign("he", record, "handler")

    assert refused.value.reason == "already_signed"


def test_signing_goes_by_capacity(case, record):
    """Nobody signs as what they are not, nor in two capacities."""
    with pytest.raises(NotYours):
        case.sign("liu", record, "handler")
    with pytest.raises(NotYours):
        case.sign("he", record, "reviewer")
    case.sign("guo", record, "handler")
    with pytest.raises(SeparationOfDuties):
        case.sign("guo", record, "reviewer")

    assert stored(case, record).signed_by == ["handler"]


@pytest.fixture
def onsite(office):
    """Return a case with a prepared on-site record, and the record."""
    case = office.open_case().inspect()
    return case, case.prepare("zhou", "onsite_inspection", "onsite_record")


def test_two_officers_are_two_people(onsite):
    """The places of two officers are not filled by one of them (处罚法 42)."""
    case, record = onsite
    case.sign("zhou", record, "officer")
    with pytest.raises(SignatureRefused) as refused:
        case.sign("zhou", record, "officer")
    before = stored(case, record).signed_by
    case.sign("he", record, "officer")

    assert refused.value.reason == "signed_before"
    assert before == []
    assert stored(case, record).signed_by == ["officer"]


def test_an_officer_signs_with_a_valid_certificate(onsite, office):
    """A certificate covers its last day and no later one (处罚法 42)."""
    case, record = onsite
    with office.transaction() as tx:
        tx.session.execute(
            update(Person)
            .where(Person.login == "he")
            .values(certificate_valid_to=date(2026, 3, 9))
        )
    office.now += DAY
    with pytest.raises(CertificateInvalid):
        case.sign("he", record, "officer")
    office.now -= DAY
    case.sign("he", record, "officer")
    case.sign("zhou", record, "officer")

    assert stored(case, record).signed_by == ["officer"]


def test_a_party_signs_by_name(onsite):
    """A party's signature is recorded by who does the step, with the name."""
    case, record = onsite
    with pytest.raises(SignatureRefused) as nameless:
        case.sign("zhou", record, "party")
    with pytest.raises(NotYours):
        case.sign("liu", record, "party", name="郑启明")
    case.sign("zhou", record, "party", name="郑启明", kind="fingerprint")

    assert nameless.value.reason == "name_required"
    assert case.find(Signature).person_id is None


def test_a_refusal_to_sign_is_witnessed(onsite):
    """A refusal fills its place only with what was noted and who saw it."""
    case, record = onsite
    refusal = {"role": "party", "kind": "refusal", "name": "郑启明"}
    for given in (
        {},
        {"note": "拒绝签名"},
        {"note": " ", "witness": "李秀云"},
        {"witness": "李秀云"},
    ):
        with pytest.raises(SignatureRefused) as refused:
            case.sign("zhou", record, **refusal, **given)

        assert refused.value.reason == "refusal_needs_note_and_witness"
    case.sign("zhou", record, **refusal, note="拒绝签名", witness="李秀云")

    assert stored(case, record).signed_by == ["party"]


def test_a_refusal_to_sign_may_be_filmed(onsite):
    """Sound or film of the step stands for the witness, a photograph does not."""
    case, record = onsite
    refusal = {"role": "party", "kind": "refusal", "name": "郑启明"}
    case.declare("zhou", "onsite_inspection", "photo")
    with pytest.raises(SignatureRefused):
        case.sign("zhou", record, **refusal, note="拒绝签名")
    case.declare("zhou", "onsite_inspection", "video")
    with pytest.raises(SignatureRefused):
        case.sign("zhou", record, **refusal)
    case.sign("zhou", record, **refusal, note="拒绝签名，已录像")

    assert stored(case, record).signed_by == ["party"]


def test_what_nobody_signed_is_discarded(case, record, office):
    """A prepared document is put away with a reason, while nobody signed it."""
    with pytest.raises(Invalid):
        office.act("zhou", "documents.discard", document_id=record, reason=" ")
    office.act("zhou", "documents.discard", document_id=record, reason="写错日期")
    with pytest.raises(SignatureRefused):
        case.sign("zhou", record, "handler")
    again = case.prepare("zhou", "acceptance", CODE)

    assert stored(case, record).status is DocumentStatus.DISCARDED
    assert stored(case, again).number == "20260002"


def test_what_somebody_signed_is_kept(case, record, office):
    """A document with one signature on it is not discarded, nor is a final one."""
    case.sign("zhou", record, "handler")
    with pytest.raises(SignatureRefused) as refused:
        office.act("zhou", "documents.discard", document_id=record, reason="重写")
    case.sign("qin", record, "reviewer")
    with pytest.raises(IllegalTransition):
        office.act("zhou", "documents.discard", document_id=record, reason="重写")

    assert refused.value.reason == "already_signed"
    assert stored(case, record).status is DocumentStatus.FINAL


def test_a_replacement_supersedes(case, record, office):
    """The earlier document counts until its replacement is frozen, then no more."""
    case.sign("zhou", record, "handler")
    later = case.draft("zhou", "acceptance", CODE, replaces=record)
    while_drafted = stored(case, record).status
    office.act("zhou", "documents.prepare", document_id=later)
    with pytest.raises(SignatureRefused):
        case.sign("qin", record, "reviewer")
    with pytest.raises(IllegalTransition):
        case.draft("zhou", "acceptance", CODE, replaces=record)

    assert while_drafted is DocumentStatus.PREPARED
    assert stored(case, record).status is DocumentStatus.SUPERSEDED
    assert stored(case, later).supersedes_id == record


def test_a_superseded_document_does_not_open_the_gate(case, record):
    """The signatures of a replaced document serve nobody any more."""
    case.sign("zhou", record, "handler")
    case.prepare("zhou", "acceptance", CODE, replaces=record)
    with pytest.raises(GateClosed):
        case.complete("zhou", "acceptance", inputs=ACCEPTED)

    assert case.open() == ["acceptance"]


def test_only_the_same_kind_is_replaced(office, case, record):
    """A document of another case or another type cannot be replaced by this one."""
    other = office.open_case()
    with pytest.raises(NotFound):
        other.draft("zhou", "acceptance", CODE, replaces=record)

    assert stored(case, record).status is DocumentStatus.PREPARED


def test_a_closed_step_takes_no_documents(case, record, office):
    """After its step, a document is still signed, but neither revised nor discarded."""
    case.sign("zhou", record, "handler")
    case.complete("zhou", "acceptance", inputs=ACCEPTED)
    with pytest.raises(TaskClosed):
        office.act("zhou", "documents.discard", document_id=record, reason="重写")
    case.sign("qin", record, "reviewer")

    assert stored(case, record).status is DocumentStatus.FINAL


def test_each_state_is_printed(case, record, office):
    """Frozen and final, a document is queued for printing, once each."""
    case.sign("zhou", record, "handler")
    case.sign("qin", record, "reviewer")
    with office.reading() as session:
        keys = session.scalars(select(Job.key).order_by(Job.id)).all()

    assert [key.rsplit(":", 1)[1] for key in keys] == ["prepared", "final"]


def test_the_stored_names_are_those_of_the_register(onsite):
    """Names and certificates come from the register, whatever was typed."""
    case, record = onsite
    people = case.office.people
    officers = stored(case, record).fields["officers"]

    assert [(row["id"], row["name"], row["certificate"]) for row in officers] == [
        (str(people["zhou"]), "周岚", "豫D-01"),
        (str(people["he"]), "何志远", "豫D-02"),
    ]
