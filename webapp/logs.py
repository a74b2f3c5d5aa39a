"""Structured logs: one JSON object a line, without personal data."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from typing import TYPE_CHECKING

import orjson
from flask import Flask, Response, g, has_request_context, request

from webapp.clock import now

if TYPE_CHECKING:
    from webapp.config import Settings

#: The product's own logger; its records carry facts in ``extra={"facts": …}``.
log = logging.getLogger("casetrack")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: event name, level, instant and facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": now().isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            **getattr(record, "facts", {}),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            # Arguments of an exception may name a party: only the places are kept.
            line["trace"] = _places(record)
        return orjson.dumps(line, default=str).decode()


def _places(record: logging.LogRecord) -> list[str]:
    found = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-12:]


def configure(settings: Settings) -> None:
    """Send every record to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    # A library's chatter about each statement or request is not ours to keep.
    for name in ("alembic", "botocore", "spiff", "sqlalchemy", "werkzeug"):
        logging.getLogger(name).setLevel(logging.WARNING)


def register(app: Flask) -> None:
    """Number each request and log how it ended."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if _REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint not in {"static", "health.healthz"}:
        milliseconds = (time.perf_counter() - g.get("began", 0.0)) * 1000
        log.info(
            "request",
            extra={
                "facts": {
                    "method": request.method,
                    "endpoint": request.endpoint or "",
                    "status": response.status_code,
                    "milliseconds": round(milliseconds, 1),
                }
            },
        )
    return response
