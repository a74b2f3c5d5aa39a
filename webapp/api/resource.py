"""How a JSON view says what it takes and gives; the one door to flask-smorest."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest
from flask import Blueprint, Flask
from marshmallow import Schema

from webapp.api.schemas import Problem
from webapp.auth.permissions import public

View = Callable[..., Any]
V = TypeVar("V", bound=View)

PREFIX = "/api/v1"

#: Its decorators only note things on a view; any blueprint's will do.
_notes: Any = flask_smorest.Blueprint("notes", __name__)


class _Api(flask_smorest.Api):  # type: ignore[misc]  # the library has no types
    """OpenAPI without the library's own error answers: ours are problem details."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to `webapp.errors`."""


def resource(name: str, description: str) -> Blueprint:
    """Return the blueprint of one kind of thing, all under /api/v1."""
    made: Blueprint = flask_smorest.Blueprint(
        f"api_{name}", __name__, url_prefix=PREFIX, description=description
    )
    return made


def takes(schema: type[Schema], location: str = "json") -> Callable[[View], View]:
    """Read *schema* from the body, or the query, into the view's first argument."""

    def decorate(view: View) -> View:
        decorated: View = _notes.arguments(schema, location=location)(view)
        return decorated

    return decorate


def gives(
    schema: type[Schema] | Schema | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    content_type: str | None = None,
) -> Callable[[View], View]:
    """Answer with *schema* and *status*."""

    def decorate(view: View) -> View:
        decorated: View = _notes.response(status, schema, content_type=content_type)(
            view
        )
        return decorated

    return decorate


def register(app: Flask, resources: list[Blueprint]) -> None:
    """Serve *resources*, and their description at /api/openapi.json."""
    app.config.update(
        API_TITLE="Casetrack",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "security": [{"bearer": []}, {"session": [], "form": []}],
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "session": {
                        "type": "apiKey",
                        "in": "cookie",
                        "name": app.config["SESSION_COOKIE_NAME"],
                    },
                    "form": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
                }
            },
        },
    )
    spec = _Api(app)
    for found in resources:
        spec.register_blueprint(found)
    # The description and our own scripts and styles hold nothing of any case.
    for endpoint in ("api-docs.openapi_json", "static"):
        app.view_functions[endpoint] = _public(app.view_functions[endpoint])


def _public(view: View) -> View:
    """Return *view*, which is not ours to decorate, marked as public."""

    @public
    @wraps(view)
    def marked(**values: Any) -> Any:
        return view(**values)

    return marked
