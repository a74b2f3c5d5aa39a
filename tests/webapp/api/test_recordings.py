"""Recordings over JSON: declared, deposited as raw bytes, read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from webapp import clock, content, worker
from webapp import jobs as job_kinds
from webapp.scenarios.stage import example

PHOTO = example("photo", datetime(2026, 3, 10, tzinfo=UTC))


@pytest.fixture
def recording(officer, task_id):
    """Return the address of a declared photo."""
    moment = clock.now().isoformat()
    made = officer.send(
        f"/api/v1/tasks/{task_id}/recordings",
        {"medium": "photo", "device": "DSJ-0231", "started_at": moment},
    )
    assert made.status_code == 201, made.json
    return f"/api/v1/recordings/{made.json['recording_id']}"


def _put(browser, recording, data, **headers):
    return browser.send(
        f"{recording}/content", method="PUT", data=data, headers=headers
    )


def test_bytes_are_deposited_and_read_back(published, officer, recording):
    """What was uploaded comes back byte for byte, under its own name."""
    name = "%E7%8E%B0%E5%9C%BA.jpg"
    stored = _put(officer, recording, PHOTO, **{"X-File-Name": name})
    job_kinds.load()
    with published.app_context():
        verified = worker.drain()

    answer = officer.get(f"{recording}/content")

    assert stored.status_code == 200, stored.json
    assert officer.get(recording).json["status"] in {"deposited", "verified"}
    assert verified == 1
    assert answer.data == PHOTO
    assert answer.content_type == "image/jpeg"
    assert answer.headers["Content-Disposition"].endswith(f"''{name}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_upload_again_changes_nothing(officer, recording):
    """A client that lost the answer sends again; another file is refused."""
    answers = [
        _put(officer, recording, PHOTO),
        _put(officer, recording, PHOTO),
        _put(officer, recording, PHOTO + b"x"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 409]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty_upload"),
        (b"<html><script>alert(1)</script></html>", 415, "not_this_medium"),
        (b"ID3\x03" + b"\x00" * 64, 415, "not_this_medium"),
        (b"%PDF-1.7 and more", 415, "not_this_medium"),
        (PHOTO[: len(PHOTO) // 3], 415, "unreadable_file"),
    ],
    ids=["nothing", "page", "sound", "document", "cut off"],
)
def test_bytes_must_be_what_was_declared(officer, recording, data, status, code):
    """A photo is a photo by its bytes, whatever the sender calls it."""
    answer = _put(officer, recording, data, **{"Content-Type": "image/jpeg"})

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert officer.get(recording).json["status"] == "declared"


def test_an_upload_has_a_limit(published, officer, recording, monkeypatch):
    """More bytes than the installation takes are refused before they are kept."""
    monkeypatch.setitem(
        published.extensions, "settings", _with_limit(published.extensions["settings"])
    )

    answer = _put(officer, recording, PHOTO[:4] + bytes(1024 * 1024))

    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def _with_limit(settings):
    return replace(settings, upload_limit_mib=1)


def test_a_body_without_a_length_has_the_same_limit(published):
    """Chunk by chunk, the limit holds to the byte."""
    with published.app_context(), pytest.raises(content.TooLarge):
        content.keep([PHOTO, b"x" * 100], "photo", len(PHOTO) + 99)


def test_other_requests_stay_small(officer):
    """Only recordings may be large: other bodies stop at their own limit."""
    answer = officer.send(
        "/api/v1/cases", data=b" " * (3 * 1024 * 1024), content_type="application/json"
    )

    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("head", "medium", "media_type"),
    [
        (PHOTO[:16], "photo", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 8, "photo", "image/png"),
        (b"\0\0\0\x20ftypisom\0\0\0\0", "video", "video/mp4"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "audio", "audio/mp4"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio", "audio/wav"),
        (b"RIFF\0\0\0\0AVI LIST", "video", "video/x-msvideo"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 12, "room_video", "video/x-matroska"),
    ],
)
def test_types_are_known_by_their_bytes(head, medium, media_type):
    """Each accepted kind of file is told from the others."""
    assert content.sniff(head, medium) == media_type


def test_a_moment_in_the_future_is_refused(officer, task_id):
    """No recording begins tomorrow."""
    moment = (clock.now() + timedelta(days=1)).isoformat()

    answer = officer.send(
        f"/api/v1/tasks/{task_id}/recordings",
        {"medium": "photo", "device": "DSJ-0231", "started_at": moment},
    )

    assert (answer.status_code, answer.json["code"]) == (422, "bad_moment")
