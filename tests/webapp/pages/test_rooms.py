"""The register of rooms and their bookings: on pages and over JSON."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.webapp.versions import open_cases
from webapp import clock
from webapp.i18n import ZONE


@pytest.fixture
def keeper(sign_in, published):  # noqa: ARG001 - chooses the application
    """Return somebody of Pingdingshan who keeps the register."""
    return sign_in("xu.qing@pds")


@pytest.fixture
def officer(keeper, sign_in):  # noqa: ARG001 - the register's application
    """Return an officer with one case."""
    browser = sign_in("zhou.lan@pds")
    open_cases(browser, 1)
    return browser


def _form(browser, **given):
    return {**given, "csrf_token": browser.token}


def _span(hours, length=1):
    start = clock.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
    return start, start + timedelta(hours=length)


def _local(moment):
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def _task(officer):
    return (
        officer.get("/api/v1/tasks?box=mine").json["items"]
        or officer.get("/api/v1/tasks?box=claimable").json["items"]
    )


def _room(keeper, **given):
    body = {"name": "第一询问室", "kind": "interview", "address": "204", **given}
    made = keeper.send("/api/v1/rooms", body)
    assert made.status_code == 201
    return made.json["room_id"]


def test_a_room_is_kept_on_its_page(keeper, officer):
    """Registered, checked, withdrawn; an officer sees it and registers none."""
    empty = keeper.get("/rooms").text
    given = {
        "name": "第一询问室",
        "kind": "interview",
        "equipment": "监控设备、照明设备",
    }
    made = keeper.send("/rooms", data=_form(keeper, **given))
    twice = keeper.send("/rooms", data=_form(keeper, **given))
    (room,) = keeper.get("/api/v1/rooms").json["items"]
    theirs = officer.send("/rooms", data=_form(officer, name="二", kind="interview"))
    checked = officer.send(
        f"/rooms/{room['id']}/checks",
        data=_form(officer, passed=["监控设备"], faults="灯坏"),
    )
    page = officer.get("/rooms").text
    gone = keeper.send(
        f"/rooms/{room['id']}/withdraw", data=_form(keeper, reason="改作他用")
    )
    (after,) = keeper.get("/api/v1/rooms").json["items"]

    assert "还没有登记办案场所" in empty
    assert (made.status_code, twice.status_code) == (302, 422)
    assert "已被使用" in twice.text
    assert theirs.status_code == 403
    assert room["equipment"] == ["监控设备", "照明设备"]
    assert (checked.status_code, gone.status_code) == (302, 302)
    assert "灯坏" in page
    assert "登记一处场所" not in page
    assert after["withdrawn_for"] == "改作他用"
    assert "已停用" in keeper.get("/rooms").text


def test_a_room_is_booked_at_a_step(keeper, officer, sign_in):
    """One gets it; others see the time and not the matter; it is given back."""
    room = _room(keeper)
    task = _task(officer)[0]["id"]
    start, end = _span(1)
    times = {"starts_at": _local(start), "ends_at": _local(end)}
    form = {"room_id": room, "purpose": "询问郑某", **times}
    before = officer.get(f"/tasks/{task}").text
    booked = officer.send(f"/tasks/{task}/bookings", data=_form(officer, **form))
    again = officer.send(f"/tasks/{task}/bookings", data=_form(officer, **form))
    asked = {"start": start.isoformat(), "end": end.isoformat()}
    (mine,) = officer.get("/api/v1/bookings", query_string=asked).json["items"]
    stranger = sign_in("wu.xiao@pds")
    (theirs,) = stranger.get("/api/v1/bookings", query_string=asked).json["items"]
    day = _local(start)[:10]
    hidden = stranger.get(f"/rooms?view=day&day={day}").text
    gone = officer.send(
        f"/bookings/{mine['id']}/cancel", data=_form(officer, reason="改期")
    )

    assert "预约场所" in before
    assert (booked.status_code, again.status_code) == (302, 409)
    assert "第一询问室" in again.text
    assert "询问郑某" in officer.get(f"/tasks/{task}").text
    assert mine["purpose"] == "询问郑某"
    assert theirs.keys() == {
        *("id", "room_id", "room", "starts_at", "ends_at", "status")
    }
    assert "其他案件" in hidden
    assert "询问郑某" not in hidden
    assert gone.status_code == 302
    assert "改期" in officer.get(f"/rooms?day={day}").text


def test_a_late_booking_of_the_monitoring_room_is_marked(keeper, officer):
    """Two hours ahead, or a reason; the page and the refusal name the clause."""
    room = _room(keeper, name="执法监控室", kind="monitoring")
    task = _task(officer)[0]["id"]
    start, end = _span(1)
    body = {"starts_at": start.isoformat(), "ends_at": end.isoformat()}
    body |= {"room_id": room, "purpose": "查看录像"}
    late = officer.send(f"/api/v1/tasks/{task}/bookings", body)
    why = {**body, "late_for": "当事人即将离开"}
    made = officer.send(f"/api/v1/tasks/{task}/bookings", why)
    busy = keeper.send(f"/api/v1/rooms/{room}/withdraw", {"reason": "检修"})

    assert (late.status_code, late.json["code"]) == (409, "notice_too_short")
    assert late.json["facts"]["cites"] == ["pds-2019-10a"]
    assert made.status_code == 201
    assert busy.json["code"] == "room_still_booked"
    assert "提前不足" in officer.get(f"/rooms?view=day&day={_local(start)[:10]}").text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "never", "2026-02-30"])
def test_any_day_may_be_asked_for(keeper, day):
    """What is no day, or beyond the calendar, is today."""
    assert keeper.get(f"/rooms?day={day}").status_code == 200


def test_what_is_no_room_kind_or_time_is_said(keeper, officer):
    """Wrong fields are told, and nothing is stored."""
    room = _room(keeper)
    task = _task(officer)[0]["id"]
    wrong = keeper.send("/rooms", data=_form(keeper, name="二", kind="cellar"))
    form = _form(officer, room_id=room, purpose="询问", starts_at="x", ends_at="y")
    vague = officer.send(f"/tasks/{task}/bookings", data=form)

    ends = {"start": "0001-01-01T00:00:00+08:00", "end": "9999-12-31T23:59:59-08:00"}
    endless = officer.get("/api/v1/bookings", query_string=ends)

    assert endless.status_code == 422
    assert (wrong.status_code, vague.status_code) == (422, 422)
    assert len(keeper.get("/api/v1/rooms").json["items"]) == 1


def test_in_qingyuan_the_use_is_approved_on_pages(published, sign_in, person_id):  # noqa: ARG001
    """Keeper and approver are named; the approver decides, and the officer is told."""
    keeper, officer = sign_in("kuang.yi@qy"), sign_in("liang.jun@qy")
    head = sign_in("huang.kai@qy")
    open_cases(officer, 1)
    nobody = {"name": "调查询问室", "kind": "interview"}
    people = {
        "keepers": [str(person_id("kuang.yi@qy"))],
        "approver_id": str(person_id("huang.kai@qy")),
    }
    missing = keeper.send("/rooms", data=_form(keeper, **nobody))
    keeper.send("/rooms", data=_form(keeper, **nobody, **people))
    (room,) = keeper.get("/api/v1/rooms").json["items"]
    task = _task(officer)[0]["id"]
    start, end = _span(1)
    times = {"starts_at": _local(start), "ends_at": _local(end)}
    form = _form(officer, room_id=room["id"], purpose="询问陈某", **times)
    officer.send(f"/tasks/{task}/bookings", data=form)
    page = f"/rooms?view=day&day={_local(start)[:10]}"
    offered, desk = head.get(page).text, head.get("/decisions").text
    asked = {"start": start.isoformat(), "end": end.isoformat()}
    (booking,) = officer.get("/api/v1/bookings", query_string=asked).json["items"]
    path = f"/bookings/{booking['id']}/decide"
    refused = officer.send(path, data=_form(officer, decision="approve"))
    done = head.send(path, data=_form(head, decision="approve", reason="同意"))

    assert missing.status_code == 422
    assert "至少 1 项" in missing.text
    assert "批准使用" in offered
    assert "申请使用调查询问室" in desk
    assert refused.status_code == 403
    assert done.status_code == 302
    assert "申请使用调查询问室" not in head.get("/decisions").text
    assert "已预约" in officer.get(page).text
    assert "黄" in officer.get(f"/tasks/{task}").text
