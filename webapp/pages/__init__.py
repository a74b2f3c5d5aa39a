"""HTML, a module for each desk; every page works without JavaScript."""

from __future__ import annotations

from flask import Flask

from webapp.pages import (
    assets,
    case,
    cases,
    clauses,
    display,
    documents,
    evidence,
    frame,
    processes,
    profile,
    records,
    tasks,
    words,
    worklist,
)


def register(app: Flask) -> None:
    """Give *app* its pages and what their templates call."""
    assets.register(app)
    display.register(app)
    words.register(app)
    clauses.register(app)
    frame.register(app)
    for desk in (
        worklist,
        cases,
        case,
        tasks,
        records,
        documents,
        evidence,
        processes,
        clauses,
        profile,
    ):
        app.register_blueprint(desk.blueprint)
