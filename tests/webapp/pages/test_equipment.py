"""The register of devices: on its page and over JSON."""

from __future__ import annotations

from datetime import timedelta

import pytest

from webapp import clock
from webapp.i18n import ZONE


@pytest.fixture
def keeper(sign_in, published):  # noqa: ARG001 - chooses the application
    """Return somebody of Shanghai who keeps the register."""
    return sign_in("tao.ran@sh")


def _shown(ahead):
    moment = clock.now().astimezone(ZONE) + timedelta(seconds=ahead)
    return moment.replace(tzinfo=None, microsecond=0).isoformat()


def test_a_device_is_registered_and_checked_on_its_page(keeper):
    """Its clock and what was in order stand there; the checklist is the clause's."""
    given = {"number": "SH-0142", "kind": "body_camera", "csrf_token": keeper.token}
    made = keeper.send("/devices", data=given)
    (device,) = keeper.get("/api/v1/devices").json["items"]
    page = keeper.get("/devices").text
    checked = keeper.send(
        f"/devices/{device['id']}/checks",
        data={
            "shown_at": _shown(125),
            "passed": ["装备无故障", "时间准确"],
            "csrf_token": keeper.token,
        },
    )
    (seen,) = keeper.get("/api/v1/devices").json["items"]

    assert (made.status_code, checked.status_code) == (302, 302)
    assert "内存卡有足够存储空间" in page
    assert seen["passed"] == ["装备无故障", "时间准确"]
    assert 120 <= seen["clock_ahead"] <= 126
    assert "时钟快" in keeper.get("/devices").text


def test_the_last_check_counts(keeper):
    """Over JSON: a later check takes the place of an earlier one."""
    given = {"number": "SH-0143", "kind": "camera"}
    device = keeper.send("/api/v1/devices", given).json["device_id"]
    for ahead in (600, -30):
        moment = clock.now() + timedelta(seconds=ahead)
        body = {"shown_at": moment.isoformat(), "passed": ["时间准确"]}
        keeper.send(f"/api/v1/devices/{device}/checks", body)
    (seen,) = keeper.get("/api/v1/devices").json["items"]

    assert -32 <= seen["clock_ahead"] <= -28


def test_what_is_wrong_is_said_on_the_page(keeper, sign_in):
    """A number that is taken, and somebody who keeps no register, are told so."""
    given = {"number": "SH-1", "kind": "camera", "csrf_token": keeper.token}
    keeper.send("/devices", data=given)
    twice = keeper.send("/devices", data=given)
    stranger = sign_in("zhou.lan@pds")
    theirs = {**given, "csrf_token": stranger.token}

    assert (twice.status_code, "已被使用" in twice.text) == (422, True)
    assert stranger.send("/devices", data=theirs).status_code == 403
    assert stranger.get("/api/v1/devices").json["items"] == []
