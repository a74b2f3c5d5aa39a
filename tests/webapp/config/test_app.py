"""What every answer carries, and how failures are told."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy.exc import OperationalError

from engine.errors import NotFound
from webapp import create_app, objects
from webapp.auth.permissions import public
from webapp.config import read_settings
from webapp.logs import JsonLines


def test_every_answer_is_protected(app):
    """Policy, framing, sniffing and caching are said on every answer."""
    headers = app.test_client().get("/healthz").headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_https_makes_cookies_secure(tmp_path):
    """Behind https cookies are bound to it and to the host, and it is remembered."""
    app = create_app(
        testing=True, var_dir=tmp_path, public_url="https://case.example.cn"
    )
    headers = app.test_client().get("/healthz").headers
    app.extensions["engine"].dispose()

    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-casetrack"
    assert "Strict-Transport-Security" in headers


def test_a_request_keeps_its_number(app):
    """A proxy's number is kept when it is one; anything else is replaced."""
    client = app.test_client()

    kept = client.get("/healthz", headers={"X-Request-ID": "abc-12345"})
    made = client.get("/healthz", headers={"X-Request-ID": "a b\t<script>"})

    assert kept.headers["X-Request-ID"] == "abc-12345"
    assert len(made.headers["X-Request-ID"]) == 16


def test_the_api_tells_problems_as_json(app):
    """An address that does not exist is a problem detail under /api/."""
    answer = app.test_client().get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "page_not_found"
    assert answer.json["detail"] != "refusal.page_not_found"


def test_a_page_tells_problems_as_html(app):
    """The same for a browser is a page, and a fragment for a part of one."""
    client = app.test_client()

    page = client.get("/nothing")
    part = client.get("/nothing", headers={"HX-Request": "true"})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<html" in page.get_data(as_text=True)
    assert (part.status_code, part.mimetype) == (404, "text/html")
    assert "<html" not in part.get_data(as_text=True)


@pytest.fixture
def failing(tmp_path):
    """Return an application as it is in use, with views that fail."""
    app = create_app(environ={}, testing=True, var_dir=tmp_path)
    app.config.update(PROPAGATE_EXCEPTIONS=False)

    def fail(kind):
        raise {
            "bug": ValueError("party Li Si"),
            "refusal": NotFound("case", "1"),
            "database": OperationalError("SELECT", {}, Exception("locked")),
        }[kind]

    app.add_url_rule("/api/v1/fail/<kind>", "fail", public(fail))
    yield app
    app.extensions["engine"].dispose()


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("bug", 500, "broken"),
        ("refusal", 404, "not_found"),
        ("database", 503, "database_busy"),
    ],
)
def test_failures_are_told_without_their_insides(failing, kind, status, code):
    """Whatever fails, the answer has a code and never what the exception said."""
    answer = failing.test_client().get(f"/api/v1/fail/{kind}")

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert "Li Si" not in answer.get_data(as_text=True)


def test_logs_hold_no_exception_text():
    """A log line is JSON and names the places of a failure, never its text."""
    error = ValueError("party Li Si")
    record = logging.LogRecord(
        "casetrack", 40, "", 0, "job_failed", None, (type(error), error, None)
    )
    record.facts = {"kind": "render_document"}

    line = json.loads(JsonLines().format(record))

    assert (line["event"], line["kind"]) == ("job_failed", "render_document")
    assert line["error"] == "ValueError"
    assert "Li Si" not in json.dumps(line)


def test_ready_means_that_the_database_answers(app):
    """A server without its tables still answers alive, and says it is ready or not."""
    client = app.test_client()

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json["checks"]["database"]
    assert "casetrack_deadlines_due 0" in client.get("/metrics").text


def test_uploads_need_room_on_the_disk(tmp_path, monkeypatch):
    """Below the least share of free disk no upload is taken; S3 has its own disks."""
    local = read_settings({}, var_dir=tmp_path / "not" / "yet")
    memory = read_settings({}, var_dir=tmp_path, object_store="memory")
    before = objects.has_room(local)
    monkeypatch.setattr(objects, "LEAST_FREE", 1.1)

    assert before
    assert not objects.has_room(local)
    assert objects.has_room(memory)
