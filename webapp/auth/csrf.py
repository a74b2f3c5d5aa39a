"""A request that changes something must come from a page of ours."""

from __future__ import annotations

import hmac
import secrets

from flask import Flask, request, session

from webapp.auth.current import bearer, is_api
from webapp.auth.refusals import FormExpired

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def csrf_token() -> str:
    """Return the token of this session, making it when there is none."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(32)
    token: str = session["csrf"]
    return token


def register(app: Flask) -> None:
    """Check every request that changes something, and offer `csrf_token()`."""
    app.before_request(_check)
    app.add_template_global(csrf_token)


def _check() -> None:
    if request.method in SAFE or bearer() is not None:
        return  # a bearer token is never sent by a browser on its own
    if is_api() and "person" not in session:
        return  # nobody is signed in: the view itself turns the request away
    sent = request.headers.get(HEADER) or _sent_field()
    kept = session.get("csrf", "")
    if not kept or not hmac.compare_digest(kept.encode(), sent.encode()):
        raise FormExpired


def _sent_field() -> str:
    if request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return request.form.get(FIELD, "")
    return ""
