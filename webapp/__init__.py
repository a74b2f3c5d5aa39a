"""Every way in: pages, JSON, command line, jobs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import (
    acts,
    api,
    cli,
    clock,
    database,
    errors,
    headers,
    health,
    i18n,
    login,
    logs,
    objects,
    pages,
    paging,
)
from webapp.auth import csrf
from webapp.config import read_settings, secret_key


class Casetrack(Flask):
    """The application; its key is made when the first session is signed."""

    @cached_property
    def secret_key(self) -> str:  # type: ignore[override]  # Flask keeps it in config
        """Return the key that signs sessions."""
        return secret_key(self.extensions["settings"])


def create_app(
    *,
    environ: Mapping[str, str] | None = None,
    testing: bool = False,
    **overrides: Any,
) -> Flask:
    """Return the application that *environ* describes, *overrides* winning.

    Args:
        environ: variables named CASE_…; the process's own when None, none when
            *testing*.
        testing: let exceptions through, and leave the logs to pytest.
        **overrides: settings by their names in `webapp.config.Settings`.

    Raises:
        BadConfiguration: with one sentence for every problem.
    """
    if environ is None:
        environ = {} if testing else os.environ
    settings = read_settings(environ, **overrides)
    app = Casetrack(__name__)
    app.extensions["settings"] = settings
    app.config.update(
        TESTING=testing,
        MAX_CONTENT_LENGTH=settings.request_limit,
        MAX_FORM_MEMORY_SIZE=settings.request_limit,
        PROPAGATE_EXCEPTIONS=testing,
        SESSION_COOKIE_NAME=(
            "__Host-casetrack" if settings.has_secure_cookies else "casetrack"
        ),
        SESSION_COOKIE_SECURE=settings.has_secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    if isinstance(app.json, DefaultJSONProvider):
        app.json.ensure_ascii = False  # Chinese stays legible, and a third as long
    if not testing:
        logs.configure(settings)
    if settings.clock is not None:
        clock.start_at(settings.clock, settings.var_dir / "clock")
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    acts.load()
    logs.register(app)
    headers.register(app, settings)
    database.register(app, settings)
    objects.register(app, settings)
    csrf.register(app)
    i18n.register(app, settings)
    errors.register(app)
    paging.register(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(login.blueprint)
    api.register(app)
    cli.register(app)
    pages.register(app)
    return app
