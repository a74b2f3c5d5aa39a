"""Every move between colleagues, carried out once in a watched office."""

from __future__ import annotations

from engine.events import EventTag
from storage.models import Agency
from tests.case_file import CHECKED
from tests.engine.commands.explained import explaining
from tests.engine.commands.flagged import owing, raising
from tests.engine.commands.roomed import act_on_rooms
from tests.engine.commands.seated import excusing
from tests.engine.commands.test_migration import NAME, newest_version, publish
from tests.factories import DAY, shipped

#: Move → the tag of the one event that it leaves.
MOVES = {
    "assignments.hand_over": EventTag.CASE_HANDED_OVER,
    "cases.flag": EventTag.CASE_FLAGGED,
    "cases.migrate": EventTag.CASE_MIGRATED,
    "cases.note_remedy": EventTag.REMEDY_NOTED,
    "cases.resume": EventTag.CASE_RESUMED,
    "cases.suspend": EventTag.CASE_SUSPENDED,
    "cases.terminate": EventTag.CASE_TERMINATED,
    "cosigners.add": EventTag.COSIGNER_ADDED,
    "cosigners.answer": EventTag.COSIGNER_HEARD,
    "cosigners.remove": EventTag.COSIGNER_REMOVED,
    "deputies.end": EventTag.DEPUTY_ENDED,
    "deputies.name": EventTag.DEPUTY_NAMED,
    "devices.check": EventTag.DEVICE_CHECKED,
    "devices.register": EventTag.DEVICE_REGISTERED,
    "memos.answer": EventTag.MEMO_ANSWERED,
    "memos.ask": EventTag.MEMO_SENT,
    "memos.copy": EventTag.MEMO_SENT,
    "memos.read": EventTag.MEMO_READ,
    "memos.remind": EventTag.MEMO_SENT,
    "migrations.cancel": EventTag.MIGRATION_ENDED,
    "migrations.start": EventTag.MIGRATION_STARTED,
    "processes.reinstate": EventTag.PROCESS_REINSTATED,
    "processes.withdraw": EventTag.PROCESS_WITHDRAWN,
    "recordings.delay": EventTag.RECORDING_DELAYED,
    "recordings.return": EventTag.OFFICERS_RETURNED,
    "rooms.book": EventTag.ROOM_BOOKED,
    "rooms.cancel": EventTag.BOOKING_CANCELLED,
    "rooms.check": EventTag.ROOM_CHECKED,
    "rooms.decide": EventTag.BOOKING_DECIDED,
    "rooms.register": EventTag.ROOM_REGISTERED,
    "rooms.withdraw": EventTag.ROOM_WITHDRAWN,
    "tasks.delegate": EventTag.TASK_DELEGATED,
    "tasks.excuse": EventTag.MEMBER_EXCUSED,
    "tasks.return": EventTag.TASK_RETURNED,
    "tasks.save": EventTag.TASK_SAVED,
    "tasks.send_back": EventTag.TASK_SENT_BACK,
    "tasks.withdraw": EventTag.TASK_WITHDRAWN,
    "times.explain": EventTag.TIMES_EXPLAINED,
}

#: Act → the tag of the one event that it leaves.
TAGS = {
    "assignments.assign": EventTag.CAPACITY_ASSIGNED,
    "cases.open": EventTag.CASE_OPENED,
    "deadlines.deduct": EventTag.DEADLINE_DEDUCTED,
    "deadlines.extend": EventTag.DEADLINE_EXTENDED,
    "documents.discard": EventTag.DOCUMENT_DISCARDED,
    "documents.draft": EventTag.DOCUMENT_DRAFTED,
    "documents.prepare": EventTag.DOCUMENT_PREPARED,
    "documents.revise": EventTag.DOCUMENT_REVISED,
    "documents.sign": EventTag.DOCUMENT_SIGNED,
    "facts.correct": EventTag.FACT_CORRECTED,
    "gates.decide_waiver": EventTag.WAIVER_DECIDED,
    "gates.judge": EventTag.NECESSITY_JUDGED,
    "gates.request_waiver": EventTag.WAIVER_REQUESTED,
    "recordings.declare": EventTag.RECORDING_DECLARED,
    "recordings.deposit": EventTag.RECORDING_DEPOSITED,
    "recusals.challenge": EventTag.RECUSAL_REQUESTED,
    "recusals.decide": EventTag.RECUSAL_DECIDED,
    "tasks.claim": EventTag.TASK_CLAIMED,
    "tasks.complete": EventTag.TASK_COMPLETED,
    "tasks.reassign": EventTag.TASK_REASSIGNED,
    "tasks.release": EventTag.TASK_RELEASED,
    **MOVES,
}


def act_moves(act):
    """Carry out every move once."""
    office, people = act.office, act.office.people
    case = office.open_case().accept()
    check = case.task("preliminary_check").id
    act("zhou", "tasks.save", task_id=check, inputs={"violation": "V1"})
    given = {"task_id": check, "person_id": people["he"]}
    act("zhou", "tasks.delegate", **given, reason="代为核查")
    act("he", "tasks.return", task_id=check)
    asked = act("zhou", "cosigners.add", **given, reason="征求意见")
    act("he", "cosigners.answer", cosigner_id=asked["cosigner_id"], agreed=True)
    asked = act("zhou", "cosigners.add", **given, reason="征求意见")
    act("zhou", "cosigners.remove", cosigner_id=asked["cosigner_id"], reason="免")
    act("qin", "memos.remind", task_id=check, text="请抓紧")
    act("zhou", "memos.copy", case_id=case.id, person_ids=[people["qin"]], text="知悉")
    question = act("zhou", "memos.ask", **given, text="场所面积？")["memo_ids"][0]
    act("he", "memos.read", memo_id=question)
    act("he", "memos.answer", memo_id=question, text="80 平方米")
    case.complete("zhou", "preliminary_check", outcome="docket", inputs=CHECKED)
    act("zhou", "tasks.withdraw", task_id=check, reason="漏填")
    again = case.task("preliminary_check").id
    back = {"task_id": again, "to": case.task("acceptance").id}
    act("zhou", "tasks.send_back", **back, reason="线索不清")
    deputy = act(
        "zhou",
        "deputies.name",
        principal_id=people["zhou"],
        deputy_id=people["he"],
        since=office.now,
        until=office.now + 7 * DAY,
        reason="休假",
    )
    act("zhou", "deputies.end", deputy_id=deputy["deputy_id"], reason="提前返岗")
    act(
        "qin",
        "assignments.hand_over",
        case_id=case.id,
        person_id=people["zhou"],
        to_id=people["zhang"],
        reason="调离",
    )
    film_comes_later(act)
    act("qin", "cases.flag", **raising(case))
    act("zhou", "cases.note_remedy", **owing(office, case))
    device = act("qin", "devices.register", number="PDS-0142", kind="body_camera")
    act("zhou", "devices.check", **device, shown_at=office.now, passed=["电量"])
    act_on_rooms(act)
    act("zhou", "times.explain", **explaining(office, office.open_case()))
    other = office.open_case()
    publish(office, shipped()[NAME].replace('name="受理案源"', 'name="登记案源"'))
    act("zhou", "cases.migrate", case_id=other.id, reason="新版本")
    begun = act("zhou", "migrations.start", process="penalty", reason="新版本")
    act("zhou", "migrations.cancel", migration_id=begun["migration_id"])
    version = {"version_id": newest_version(office), "reason": "图有误"}
    act("zhou", "processes.withdraw", **version)
    act("zhou", "processes.reinstate", **version)
    chair, absent = excusing(office)
    act(chair, "tasks.excuse", **absent)
    act("fang", "cases.suspend", case_id=case.id, reason="等待裁判")
    act("fang", "cases.resume", case_id=case.id, reason="已裁判")
    act("fang", "cases.terminate", case_id=case.id, reason="撤案")


def film_comes_later(act):
    """Hand a film over later, from the return, where the rules know such a thing."""
    office = act.office
    with office.transaction() as tx:
        agency = tx.session.get_one(Agency, office.agency_id)
        issuer, agency.issuer = agency.issuer, "dalian_jinpu"
    case = office.open_case().inspect()
    film = case.declare("zhou", "onsite_inspection", "video")
    given = {"situation": "不能及时移交", "reason": "山区道路中断"}
    act("zhou", "recordings.delay", recording_id=film, **given)
    act("zhou", "recordings.return", recording_id=film, returned_at=office.now)
    with office.transaction() as tx:
        tx.session.get_one(Agency, office.agency_id).issuer = issuer
