"""What a monitor asks: alive, ready, and a few numbers."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from storage.models import Case, Deadline, Job, Task
from storage.vocabulary import DeadlineStatus, JobStatus
from webapp.auth.permissions import public
from webapp.clock import now
from webapp.database import session
from webapp.objects import has_room
from webapp.settings import settings

blueprint = Blueprint("health", __name__)

#: Ready jobs older than this mean that no worker is running.
LATE = timedelta(minutes=5)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Say that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, HTTPStatus]:
    """Say whether requests can be served: database, disk, worker."""
    checks = {
        "database": _database_answers(),
        "disk": _has_free_disk(),
    }
    if checks["database"]:
        checks["worker"] = _jobs_are_drained()
    ready = checks["database"] and checks["disk"]
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(ready=ready, checks=checks), status


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Return gauges in Prometheus' text format; numbers only, no names."""
    lines: list[str] = []
    for name, column, help_text in (
        ("casetrack_cases", Case.status, "Cases by status."),
        ("casetrack_tasks", Task.status, "Tasks by status."),
        ("casetrack_deadlines", Deadline.status, "Deadlines by status."),
        ("casetrack_jobs", Job.status, "Jobs by status."),
    ):
        lines += [f"# HELP {name} {help_text}", f"# TYPE {name} gauge"]
        counted = session().execute(
            select(column, func.count()).group_by(column).order_by(column)
        )
        lines += [f'{name}{{status="{status}"}} {count}' for status, count in counted]
    lines += [
        "# HELP casetrack_deadlines_due Running deadlines whose instant has passed.",
        "# TYPE casetrack_deadlines_due gauge",
        f"casetrack_deadlines_due {_overdue()}",
    ]
    body = "\n".join(lines) + "\n"
    return Response(body, content_type="text/plain; version=0.0.4; charset=utf-8")


def checks_for_people() -> dict[str, Any]:
    """Return the checks of `readyz`, for the command line."""
    return {
        "database": _database_answers(),
        "disk": _has_free_disk(),
        "worker": _jobs_are_drained(),
    }


def _database_answers() -> bool:
    try:
        session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _has_free_disk() -> bool:
    return has_room(settings())


def _jobs_are_drained() -> bool:
    waiting = select(func.count()).where(
        Job.status == JobStatus.READY, Job.due_at < now() - LATE
    )
    try:
        return session().scalar(waiting) == 0
    except SQLAlchemyError:
        return False


def _overdue() -> int:
    due = select(func.count()).where(
        Deadline.status == DeadlineStatus.RUNNING, Deadline.due_at < now()
    )
    return session().scalar(due) or 0
