"""The API describes itself truly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import webapp.api
from engine.commands.acts import ACTS


@pytest.fixture
def description(app):
    """Return the OpenAPI description."""
    return app.test_client().get("/api/openapi.json").json


def test_the_description_is_openapi(description):
    """It says its version and both ways of proving who one is."""
    schemes = description["components"]["securitySchemes"]

    assert description["openapi"].startswith("3.1")
    assert set(schemes) == {"bearer", "session", "form"}


def test_every_view_is_described(app, description):
    """No address under /api/v1 is left out."""
    routes = {
        re.sub(r"<(?:uuid:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }

    assert set(description["paths"]) == routes


def test_every_operation_says_its_refusals(description):
    """Each operation refers to problem details for whatever goes wrong."""
    silent = [
        f"{method} {path}"
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if method != "parameters" and "default" not in operation["responses"]
    ]

    assert silent == []


@pytest.mark.usefixtures("app")
def test_every_act_has_an_address():
    """What commands can do, machines can do: no act is out of the API's reach."""
    folder = Path(webapp.api.__file__).parent
    beside = [folder.parent / name for name in ("content.py", "moving.py")]
    files = [*folder.glob("*.py"), *beside]
    reached = "".join(path.read_text("utf-8") for path in files)

    assert [name for name in sorted(ACTS) if f'"{name}"' not in reached] == []
