"""How an office comes to where each act can be done: the table of all races."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storage.models import Agency
from tests.case_file import ACCEPTED, CaseFile
from tests.engine.commands.dated import deducting, extending
from tests.engine.commands.explained import EQUIPMENT
from tests.engine.commands.flagged import owing, raising
from tests.engine.commands.roomed import ROOMS
from tests.engine.commands.seated import excusing
from tests.factories import DAY, MINUTE, SUSPECT, Office

#: Who acts, and the parameters of the act: the same for all rivals.
Given = tuple[str, dict[str, Any]]
#: How an office comes to where an act can be done.
Prepare = Callable[[Office], Given]

#: Acts that may well be done several times: each leaves its own event.
REPEATABLE = frozenset(
    {
        "assignments.assign",
        "assignments.hand_over",
        "cases.note_remedy",
        "cases.open",
        "deadlines.deduct",
        "devices.check",
        "documents.draft",
        "facts.correct",
        "gates.judge",
        "gates.request_waiver",
        "memos.ask",
        "memos.copy",
        "memos.remind",
        "recordings.declare",
        "recusals.challenge",
        "rooms.check",
        "tasks.claim",
        "tasks.reassign",
        "tasks.save",
        "times.explain",
    }
)

#: Acts that say again, and write nothing, when what they ask for is so already.
SETTLED = frozenset(
    {
        "cases.flag",
        "cases.migrate",
        "processes.reinstate",
        "processes.withdraw",
        "recordings.deposit",
    }
)

RACES: dict[str, Prepare] = {**EQUIPMENT, **ROOMS}


def race(name: str) -> Callable[[Prepare], Prepare]:
    """Say how an act is prepared for its race."""

    def note(prepare: Prepare) -> Prepare:
        RACES[name] = prepare
        return prepare

    return note


def began(office: Office) -> CaseFile:
    """Return a case whose acceptance zhou has taken on."""
    case = office.open_case()
    case.do("zhou", "tasks.claim", "acceptance")
    return case


def checking(office: Office) -> CaseFile:
    """Return a case at its preliminary check, taken on by zhou."""
    case = office.open_case().accept()
    case.do("zhou", "tasks.claim", "preliminary_check")
    return case


def on_check(office: Office, **params: Any) -> Given:
    """Return an act of zhou on the preliminary check."""
    task_id = checking(office).task("preliminary_check").id
    return "zhou", {"task_id": task_id, **params}


@race("cases.open")
def _open(_office):
    return "zhou", {"process": "penalty", "cause": "涉嫌违法", "parties": [SUSPECT]}


@race("tasks.claim")
def _claim(office):
    return "zhou", {"task_id": office.open_case().task("acceptance").id}


@race("tasks.release")
def _release(office):
    return "zhou", {"task_id": began(office).task("acceptance").id}


@race("tasks.reassign")
def _reassign(office):
    task_id = began(office).task("acceptance").id
    return "qin", {"task_id": task_id, "person_id": office.people["he"], "reason": "假"}


@race("tasks.complete")
def _complete(office):
    case = office.open_case()
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    return "zhou", {"task_id": case.task("acceptance").id, "inputs": ACCEPTED}


@race("tasks.save")
def _save(office):
    return on_check(office, inputs={"violation": "V1"})


@race("tasks.delegate")
def _delegate(office):
    return on_check(office, person_id=office.people["he"], reason="核查")


@race("tasks.return")
def _return(office):
    _, params = _delegate(office)
    office.act("zhou", "tasks.delegate", **params)
    return "he", {"task_id": params["task_id"]}


@race("tasks.send_back")
def _send_back(office):
    case = checking(office)
    to = case.task("acceptance").id
    task_id = case.task("preliminary_check").id
    return "zhou", {"task_id": task_id, "to": to, "reason": "不清"}


@race("tasks.withdraw")
def _withdraw(office):
    case = office.open_case().accept()
    return "zhou", {"task_id": case.task("acceptance").id, "reason": "漏填"}


@race("cosigners.add")
def _cosign(office):
    return on_check(office, person_id=office.people["he"], reason="意见")


def asked(office):
    """Ask he for an opinion; returns its id."""
    _, params = _cosign(office)
    return office.act("zhou", "cosigners.add", **params)["cosigner_id"]


@race("cosigners.remove")
def _uncosign(office):
    return "zhou", {"cosigner_id": asked(office), "reason": "免"}


@race("cosigners.answer")
def _answer_cosign(office):
    return "he", {"cosigner_id": asked(office), "agreed": True}


@race("memos.remind")
def _remind(office):
    _, params = on_check(office, text="请抓紧")
    return "qin", params


@race("memos.ask")
def _ask(office):
    return on_check(office, person_id=office.people["he"], text="面积？")


@race("memos.copy")
def _copy(office):
    given = {"person_ids": [office.people["qin"]], "text": "阅"}
    return "zhou", {"case_id": office.open_case().id, **given}


def question(office):
    """Ask he something; returns its id."""
    _, params = _ask(office)
    return office.act("zhou", "memos.ask", **params)["memo_ids"][0]


@race("memos.read")
def _read(office):
    return "he", {"memo_id": question(office)}


@race("memos.answer")
def _answer(office):
    return "he", {"memo_id": question(office), "text": "80"}


@race("deputies.name")
def _deputy(office):
    return "zhou", {
        "principal_id": office.people["zhou"],
        "deputy_id": office.people["he"],
        "since": office.now,
        "until": office.now + DAY,
        "reason": "休假",
    }


@race("deputies.end")
def _end_deputy(office):
    _, params = _deputy(office)
    named = office.act("zhou", "deputies.name", **params)
    return "zhou", {"deputy_id": named["deputy_id"], "reason": "返岗"}


@race("cases.suspend")
def _suspend(office):
    return "fang", {"case_id": office.open_case().id, "reason": "等待裁判"}


@race("cases.resume")
def _resume(office):
    _, params = _suspend(office)
    office.act("fang", "cases.suspend", **params)
    return "fang", params


@race("cases.flag")
def _flag(office):
    return "qin", raising(office.open_case())


@race("cases.note_remedy")
def _note_remedy(office):
    return "zhou", owing(office, began(office))


@race("cases.terminate")
def _terminate(office):
    return "fang", {"case_id": office.open_case().id, "reason": "撤案"}


@race("assignments.hand_over")
def _hand_over(office):
    people = office.people
    ids = {"person_id": people["zhou"], "to_id": people["he"]}
    return "qin", {"case_id": began(office).id, **ids, "reason": "调离"}


@race("assignments.assign")
def _assign(office):
    people = [office.people["zhou"], office.people["he"]]
    given = {"capacity": "handler", "person_ids": people, "reason": "分办"}
    return "qin", {"case_id": office.open_case().id, **given}


def drafted(office, *, prepared=False):
    """Draft an acceptance record; returns its id."""
    case = began(office)
    write = case.prepare if prepared else case.draft
    return case, write("zhou", "acceptance", "acceptance_record")


@race("documents.draft")
def _draft(office):
    task_id = began(office).task("acceptance").id
    return "zhou", {"task_id": task_id, "code": "acceptance_record"}


@race("documents.revise")
def _revise(office):
    case, document_id = drafted(office)
    fields = case.sample("acceptance_record")
    return "zhou", {"document_id": document_id, "fields": fields, "version": 1}


@race("documents.prepare")
def _prepare(office):
    return "zhou", {"document_id": drafted(office)[1]}


@race("documents.sign")
def _sign(office):
    document_id = drafted(office, prepared=True)[1]
    return "zhou", {"document_id": document_id, "role": "handler"}


@race("documents.discard")
def _discard(office):
    return "zhou", {"document_id": drafted(office)[1], "reason": "重写"}


def on_site(office):
    """Return a case whose inspection on site is under way."""
    return office.open_case().inspect()


@race("recordings.declare")
def _declare(office):
    task_id = on_site(office).task("onsite_inspection").id
    given = {"medium": "video", "device": "PDS-0142", "started_at": office.now}
    return "zhou", {"task_id": task_id, **given}


@race("recordings.deposit")
def _deposit(office):
    film = on_site(office).declare("zhou", "onsite_inspection", "video")
    given = {"sha256": office.keep(), "file_name": "film.mp4"}
    return "zhou", {"recording_id": film, **given}


@race("recordings.delay")
def _delay(office):
    with office.transaction() as tx:
        tx.session.get_one(Agency, office.agency_id).issuer = "dalian_jinpu"
    film = on_site(office).declare("zhou", "onsite_inspection", "video")
    given = {"situation": "不能及时移交", "reason": "山区"}
    return "zhou", {"recording_id": film, **given}


@race("recordings.return")
def _return(office):
    film = on_site(office).declare("zhou", "onsite_inspection", "video")
    return "zhou", {"recording_id": film, "returned_at": office.now}


@race("gates.judge")
def _judge(office):
    task_id = on_site(office).task("onsite_inspection").id
    given = {"requirement": "recording:video", "needed": False, "reason": "有照片"}
    return "zhou", {"task_id": task_id, **given}


@race("gates.request_waiver")
def _waive(office):
    task_id = on_site(office).task("onsite_inspection").id
    given = {"requirement": "recording:photo", "ground": "unlisted", "statement": "坏"}
    return "zhou", {"task_id": task_id, **given}


@race("gates.decide_waiver")
def _decide_waiver(office):
    _, params = _waive(office)
    waiver = office.act("zhou", "gates.request_waiver", **params)
    return "lin", {"waiver_id": waiver["waiver_id"], "approved": True, "reason": "实"}


@race("recusals.challenge")
def _challenge(office):
    given = {"person_id": office.people["he"], "ground": "亲属", "applicant": "当事人"}
    return "zhou", {"case_id": office.open_case().id, **given}


@race("recusals.decide")
def _decide(office):
    _, params = _challenge(office)
    asked_for = office.act("zhou", "recusals.challenge", **params)
    given = {"granted": True, "reason": "属实"}
    return "fang", {"recusal_id": asked_for["recusal_id"], **given}


@race("facts.correct")
def _correct(office):
    case = office.open_case().docket()
    office.now += DAY
    later = (case.row().opened_at + MINUTE).isoformat()
    given = {"fact": "accepted_at", "value": later, "reason": "登记有误"}
    return "qin", {"case_id": case.id, **given}


RACES.update({"deadlines.extend": extending, "deadlines.deduct": deducting})
RACES["tasks.excuse"] = excusing
