"""Cases over JSON: open, list in parts, read what belongs to them."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.webapp.api.conftest import NEW_CASE
from webapp import paging

CASES = "/api/v1/cases"


def test_a_case_is_opened_and_read(officer, case_id):
    """What was sent comes back, with the number that the authority gives."""
    case = officer.get(f"{CASES}/{case_id}").json

    assert case["cause"] == NEW_CASE["cause"]
    assert case["process"] == "penalty"
    assert case["status"] == "open"
    assert case["number"].startswith("平案〔")


def test_a_repeated_command_is_carried_out_once(officer):
    """The same Idempotency-Key gives the first answer; another key a new case."""
    keys = ["k-1", "k-1", "k-2"]

    opened = [
        officer.send(CASES, NEW_CASE, headers={"Idempotency-Key": key}).json["case_id"]
        for key in keys
    ]

    assert opened[0] == opened[1]
    assert opened[2] != opened[0]
    assert len(officer.get(CASES).json["items"]) == 2


def test_a_key_belongs_to_its_sender(officer, sign_in):
    """Somebody else's key with the same text is another command."""
    colleague = sign_in("he.zhiyuan@pds")
    headers = {"Idempotency-Key": "same"}

    first = officer.send(CASES, NEW_CASE, headers=headers).json["case_id"]
    second = colleague.send(CASES, NEW_CASE, headers=headers).json["case_id"]

    assert first != second


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cause": ""}, "cause"),
        ({"parties": []}, "parties"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"received_at": "2026-03-02T09:00:00"}, "received_at"),
    ],
)
def test_what_cannot_be_read_is_refused(officer, change, field):
    """Each bad field is named; nothing is opened."""
    answer = officer.send(CASES, {**NEW_CASE, **change})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert list(answer.json["facts"]["errors"]) == [field]
    assert officer.get(CASES).json["items"] == []


def test_a_body_that_is_no_json_is_refused(officer):
    """A broken body is a problem detail like any other."""
    answer = officer.send(CASES, data=b"{", content_type="application/json")

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


def test_the_list_comes_in_parts(officer):
    """Following the cursors gives every case once, newest first, and back again."""
    opened = [officer.send(CASES, NEW_CASE).json["case_id"] for _ in range(5)]

    def follow(way, cursor):
        parts = []
        while True:
            parts.append(officer.get(f"{CASES}?limit=2{cursor}").json)
            if parts[-1][way] is None:
                return parts
            cursor = f"&cursor={parts[-1][way]}"

    forth = follow("next", "")
    back = follow("previous", f"&cursor={forth[-1]['previous']}")

    assert [c["id"] for part in forth for c in part["items"]] == opened[::-1]
    assert [part["items"] for part in back] == [part["items"] for part in forth[-2::-1]]


def test_a_foreign_cursor_is_refused(officer):
    """A cursor that we did not give is the sender's mistake, not our failure."""
    of_another = paging.encode(False, "SH-0142", str(UUID(int=7)))
    foreign = ["%00", "abc", "W10", "WyJ4Il0", "W1tdXQ", of_another]
    foreign.append(paging.encode("back", "2026-03-02T09:00:00+08:00", str(UUID(int=7))))
    foreign.append(paging.encode(False, "2026-03-02T09:00:00", str(UUID(int=7))))
    for cursor in foreign:
        answer = officer.get(f"{CASES}?cursor={cursor}")

        assert (answer.status_code, answer.json["code"]) == (422, "cursor_invalid")


def test_the_list_is_searched(officer, case_id):
    """Words of the cause and the status narrow the list; wildcards are letters."""

    def found(query):
        return [case["id"] for case in officer.get(f"{CASES}?{query}").json["items"]]

    assert found("search=执业许可证") == [case_id]
    assert found("search=%25%25") == []
    assert found("status=open&process=penalty") == [case_id]
    assert found("status=closed") == []


@pytest.mark.parametrize("login", ["qiu.chen@jp", "he.min@pds", "fang.zhou@pds"])
def test_a_hidden_case_does_not_exist(case_id, task_id, sign_in, login):
    """To who may not know of it, reading and acting both say: not found."""
    stranger = sign_in(login)

    answers = [
        stranger.get(f"{CASES}/{case_id}"),
        stranger.get(f"{CASES}/{case_id}/events"),
        stranger.get(f"/api/v1/tasks/{task_id}"),
        stranger.send(f"/api/v1/tasks/{task_id}/claim"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert stranger.get(CASES).json["items"] == []


@pytest.mark.parametrize(
    "part",
    ["tasks", "documents", "recordings", "deadlines", "parties", "waivers", "events"],
)
def test_what_belongs_to_a_case_is_listed(officer, case_id, part):
    """Each kind of part is a list of its own."""
    answer = officer.get(f"{CASES}/{case_id}/{part}")

    assert answer.status_code == 200
    assert isinstance(answer.json, list)


def test_events_continue_after_a_link(officer, case_id, task_id):
    """A reader who has the first links asks for the later ones."""
    officer.send(f"/api/v1/tasks/{task_id}/claim")

    everything = officer.get(f"{CASES}/{case_id}/events").json
    later = officer.get(f"{CASES}/{case_id}/events?after=1").json

    assert [event["tag"] for event in everything] == ["case.opened", "task.claimed"]
    assert later == everything[1:]
    assert later[0]["previous"] == everything[0]["digest"]


def test_complainants_are_sealed(officer, sign_in):
    """The handlers see who complained; the head of the unit does not."""
    opened = officer.send(
        CASES,
        {
            "process": "penalty",
            "cause": "涉嫌未取得医疗机构执业许可证擅自执业",
            "parties": [
                {"kind": "legal_person", "name": "某诊所"},
                {"role": "complainant", "kind": "citizen", "name": "举报人甲"},
            ],
        },
    )
    parties = f"{CASES}/{opened.json['case_id']}/parties"
    own = officer.get(parties).json
    others = sign_in("guo.feng@pds").get(parties).json

    assert {party["name"] for party in own} == {"某诊所", "举报人甲"}
    assert [party["name"] for party in others] == ["某诊所"]
