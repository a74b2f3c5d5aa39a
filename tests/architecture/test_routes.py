"""Every way in says who may use it."""

from __future__ import annotations

from flask import Flask

from webapp import create_app
from webapp.auth.permissions import needs, public


def _marked(view):
    return hasattr(view, "__needs__") or hasattr(view, "__public__")


def _open(app):
    """Return the endpoints of *app* that do not say who may use them."""
    unmarked = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        # A class of views may say it for itself or for each of its methods.
        kind = getattr(view, "view_class", None)
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        marked = _marked(view) or (
            kind is not None
            and all(_marked(getattr(kind, each.lower())) for each in methods)
        )
        if not marked and rule.endpoint != "static":
            unmarked.add(f"{rule.endpoint} {rule.rule}")
    return sorted(unmarked)


def test_every_route_says_who_may_use_it(tmp_path):
    """No view is reachable that is marked neither @needs nor @public."""
    app = create_app(testing=True, var_dir=tmp_path, object_store="memory")

    assert len(list(app.url_map.iter_rules())) > 1
    assert _open(app) == []


def test_a_forgotten_mark_is_noticed():
    """A view without a mark is reported; marked ones are not."""
    app = Flask("sample")
    app.add_url_rule("/open", "forgotten", lambda: "")
    app.add_url_rule("/all", "public", public(lambda: ""))
    app.add_url_rule("/some", "needs", needs()(lambda: ""))

    assert _open(app) == ["forgotten /open"]
