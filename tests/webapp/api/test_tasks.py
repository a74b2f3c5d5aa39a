"""Steps over JSON: worklist, gate, claim, complete; documents on the way."""

from __future__ import annotations

import pytest

from webapp import clock, worker
from webapp import jobs as job_kinds


def _ids(browser, box):
    return [
        task["id"] for task in browser.get(f"/api/v1/tasks?box={box}").json["items"]
    ]


def test_a_step_moves_through_the_boxes(officer, task_id):
    """Claimable, then mine; given back, claimable again."""
    boxes = [(_ids(officer, "claimable"), _ids(officer, "mine"))]
    officer.send(f"/api/v1/tasks/{task_id}/claim")
    boxes.append((_ids(officer, "claimable"), _ids(officer, "mine")))
    officer.send(f"/api/v1/tasks/{task_id}/release", {"reason": "on leave"})
    boxes.append((_ids(officer, "claimable"), _ids(officer, "mine")))

    assert boxes == [([task_id], []), ([], [task_id]), ([task_id], [])]


def test_a_closed_gate_is_a_conflict_with_its_lines(officer, task_id):
    """Completing without the records says which, by what law, and the way out."""
    shown = officer.get(f"/api/v1/tasks/{task_id}").json["gate"]

    answer = officer.send(
        f"/api/v1/tasks/{task_id}/complete",
        {"inputs": {"accepted_at": clock.now().isoformat(), "source": "complaint"}},
    )

    assert (answer.status_code, answer.json["code"]) == (409, "gate_closed")
    assert answer.json["facts"]["missing"] == shown
    assert shown[0]["codes"] == ["acceptance_record"]
    assert "pl-47" in shown[0]["cites"]
    assert shown[0]["ways_out"] == ["draft_document"]
    assert "案件受理记录" in answer.json["detail"]


def test_a_refusal_speaks_the_readers_language(officer, task_id):
    """The same refusal in English, with the same facts."""
    officer.client.post(
        "/locale", data={"locale": "en"}, headers={"X-CSRF-Token": officer.token}
    )

    answer = officer.send(
        f"/api/v1/tasks/{task_id}/complete",
        {"inputs": {"accepted_at": clock.now().isoformat(), "source": "complaint"}},
    )

    assert answer.json["title"] == "Not possible now"
    assert "Record of acceptance" in answer.json["detail"]


def test_a_stale_form_is_refused(officer, task_id):
    """Whoever claims what somebody changed meanwhile is told so."""
    answer = officer.send(f"/api/v1/tasks/{task_id}/claim", {"version": 7})

    assert (answer.status_code, answer.json["code"]) == (409, "stale_form")
    assert answer.json["facts"] == {"expected": 7, "actual": 1}


def test_somebody_elses_step_is_refused(officer, sign_in, task_id):
    """A colleague of the unit sees the step but cannot take it away."""
    officer.send(f"/api/v1/tasks/{task_id}/claim")
    colleague = sign_in("he.zhiyuan@pds")

    answer = colleague.send(f"/api/v1/tasks/{task_id}/claim")

    assert (answer.status_code, answer.json["code"]) == (403, "not_yours")


@pytest.fixture
def document(officer, task_id, sample):
    """Return the acceptance record, prepared from its sample."""
    fields = sample("acceptance_record")
    made = officer.send(
        f"/api/v1/tasks/{task_id}/documents",
        {"code": "acceptance_record", "fields": fields.get("fields", fields)},
    ).json
    path = f"/api/v1/documents/{made['document_id']}"
    prepared = officer.send(f"{path}/prepare")
    assert prepared.status_code == 200, prepared.json
    return path


def test_an_incomplete_document_is_not_prepared(officer, task_id):
    """Each field that lacks is named, in the reader's words."""
    made = officer.send(
        f"/api/v1/tasks/{task_id}/documents", {"code": "acceptance_record"}
    ).json

    answer = officer.send(f"/api/v1/documents/{made['document_id']}/prepare")

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert answer.json["facts"]["errors"]["place"] == [{"code": "required"}]


def test_a_prepared_document_is_printed(published, officer, document):
    """The worker prints it; the file comes as a download, never as a page."""
    before = officer.get(f"{document}/file")
    job_kinds.load()
    with published.app_context():
        ran = worker.drain()

    answer = officer.get(f"{document}/file")

    assert before.status_code == 404
    assert ran == 1
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_signatures_open_the_gate(officer, sign_in, document, task_id):
    """With every slot signed the document is final and the step completes."""
    head = sign_in("guo.feng@pds")

    signed = [
        officer.send(f"{document}/sign", {"role": "handler"}),
        head.send(f"{document}/sign", {"role": "reviewer", "note": "agreed"}),
    ]
    done = officer.send(
        f"/api/v1/tasks/{task_id}/complete",
        {"inputs": {"accepted_at": clock.now().isoformat(), "source": "complaint"}},
    )

    assert [answer.status_code for answer in signed] == [201, 201]
    assert officer.get(document).json["status"] == "final"
    assert done.status_code == 200, done.json
    assert done.json["opened"]
    assert _ids(officer, "done") == [task_id]


def test_a_final_document_is_not_discarded(officer, document):
    """What was signed is evidence: it stays."""
    officer.send(f"{document}/sign", {"role": "handler"})

    answer = officer.send(f"{document}/discard", {"reason": "by mistake"})

    assert (answer.status_code, answer.json["code"]) == (409, "signature_refused")
    assert answer.json["facts"]["reason"] == "already_signed"
