"""Every form and every address that changes something shown carries its version."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from engine.commands.acts import ACTS
from webapp import create_app
from webapp.pages.moves import ON_CASE, ON_STEP

TEMPLATES = Path(__file__).parents[3] / "webapp" / "templates"
FORM = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL)
TARGET = re.compile(r"url_for\('([\w.]+)'(?:[^)]*\bmove='(\w+)')?")
QUOTED = re.compile(r'"([a-z]+\.[a-z_]+)"')
#: Which acts a view carries out by a table.
TABLES = {
    "moves.on_step": {move: entry[0] for move, entry in ON_STEP.items()},
    "moves.on_case": {move: entry[0] for move, entry in ON_CASE.items()},
}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Return the product."""
    var = tmp_path_factory.mktemp("var")
    return create_app(testing=True, var_dir=var, object_store="memory")


def acts_of(app, endpoint, move=None):
    """Return the acts that an address carries out."""
    if endpoint in TABLES:
        table = TABLES[endpoint]
        return {table[move]} if move in table else set(table.values())
    view = inspect.unwrap(app.view_functions[endpoint])
    return set(QUOTED.findall(inspect.getsource(view))) & ACTS.keys()


def forms():
    """Return where each posting form stands, and its text."""
    return [
        (f"{path.relative_to(TEMPLATES)}", found.group(0))
        for path in sorted(TEMPLATES.rglob("*.html"))
        for found in FORM.finditer(path.read_text("utf-8"))
    ]


def test_every_form_carries_what_it_showed(app):
    """A form of an act that takes a version sends it; one that signs, the digest."""
    seen, missing = set(), []
    for where, text in forms():
        for endpoint, move in TARGET.findall(text):
            known = (
                acts_of(app, endpoint, move)
                if endpoint in app.view_functions
                else set()
            )
            seen |= known
            wanted = {n for n in known if "version" in ACTS[n].parameters}
            if wanted and not re.search(r'sealed\([\w.]+\)|name="version"', text):
                missing.append((where, endpoint, sorted(wanted)))
            if "documents.sign" in known and 'name="digest"' not in text:
                missing.append((where, endpoint, ["documents.sign"]))

    assert missing == []
    assert {"tasks.claim", "tasks.complete", "cases.suspend", "documents.sign"} <= seen


def test_every_address_takes_what_was_shown(app):
    """What the API says of an act's body has the version, where the act takes one."""
    described = app.test_client().get("/api/openapi.json").get_json()
    seen, missing = set(), []
    for rule in app.url_map.iter_rules():
        known = (
            acts_of(app, rule.endpoint)
            if rule.endpoint.startswith("api_")
            and {"POST", "PUT"} & (rule.methods or set())
            else set()
        )
        for name in known:
            seen.add(name)
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            body = described["paths"][path]["post"].get("requestBody")
            schema = body["content"]["application/json"]["schema"] if body else {}
            named = schema.get("$ref", "").rpartition("/")[2]
            fields = described["components"]["schemas"].get(named, {})
            takes = "version" in fields.get("properties", {})
            if ("version" in ACTS[name].parameters) is not takes:
                missing.append((rule.rule, name))

    assert missing == []
    assert len(seen) > len(ACTS) // 2
