"""Refusals and failures as answers: problem details, fragments, pages."""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from typing import Any

import orjson
from flask import (
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from jinja2 import TemplateNotFound
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.errors import CaseError, Invalid
from storage.digest import plain
from webapp import refusals as web
from webapp.auth import refusals as auth
from webapp.auth.current import is_api
from webapp.i18n import phrase, sentence
from webapp.logs import log
from webapp.statuses import STATUS

PROBLEM_JSON = "application/problem+json"


def status_of(error: CaseError) -> HTTPStatus:
    """Return the status of *error*, by its class or the nearest one above."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(error: CaseError) -> dict[str, Any]:
    """Return *error* as the members of a problem detail (RFC 9457)."""
    status = status_of(error)
    return {
        "type": f"urn:casetrack:refusal:{error.code}",
        "title": phrase("problem", str(status.value)),
        "status": status.value,
        "code": error.code,
        "detail": sentence(error),
        "facts": plain(error.facts()),
    }


def register(app: Flask) -> None:
    """Answer every refusal and failure of *app* in the form that was asked for."""
    app.register_error_handler(CaseError, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(OperationalError, _answer_database)
    app.register_error_handler(PoolTimeout, _answer_database)
    app.register_error_handler(Exception, _answer_failure)


def answer(error: CaseError) -> Response:
    """Return *error* as problem details, a fragment or a page."""
    found = problem(error)
    if is_api():
        body = orjson.dumps(found)
        response = Response(body, found["status"], content_type=PROBLEM_JSON)
    elif isinstance(error, auth.SignInNeeded):
        return _to_login()
    else:
        response = Response(_page(found), found["status"], mimetype="text/html")
    if found["status"] == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _to_login() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("auth.login", next=wanted)
    if request.headers.get("HX-Request"):
        return Response("", 200, headers={"HX-Redirect": target})
    response = redirect(target)
    return Response(response.data, response.status_code, response.headers)


def _page(found: dict[str, Any]) -> str:
    fragment = request.headers.get("HX-Request") == "true"
    name = "errors/_problem.html" if fragment else "errors/problem.html"
    try:
        return render_template(name, problem=found, request_id=g.get("request_id"))
    except (TemplateNotFound, SQLAlchemyError):
        # Without templates or database the sentence alone must do.
        return escape(str(found["detail"]))


def _answer_http(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:  # a redirection
        plain_answer = error.get_response()
        return Response(
            plain_answer.get_data(), plain_answer.status_code, plain_answer.headers
        )
    if isinstance(error, RequestEntityTooLarge):
        return answer(web.TooLarge(request.max_content_length or 0))
    status = HTTPStatus(error.code)
    told = getattr(error, "data", {}).get("messages")  # webargs' way of saying why
    if told is not None and status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return answer(Invalid({k: v for one in told.values() for k, v in one.items()}))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer(web.Broken(g.get("request_id", "")))
    headers = [(n, v) for n, v in error.get_headers() if n in {"Allow", "Retry-After"}]
    response = answer(web.OF_STATUS.get(status, web.BadRequest)())
    response.headers.extend(headers)
    return response


def _answer_database(error: Exception) -> Response:
    log.error("database_failed", extra={"facts": {"kind": type(error).__name__}})
    response = answer(web.DatabaseBusy())
    response.headers["Retry-After"] = "5"
    return response


def _answer_failure(error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    return answer(web.Broken(g.get("request_id", "")))
