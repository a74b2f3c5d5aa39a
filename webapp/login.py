"""Signing in and out with a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from jinja2 import TemplateNotFound

from engine.errors import Refusal
from webapp.auth import accounts
from webapp.auth.current import current_person
from webapp.auth.permissions import needs, public
from webapp.auth.refusals import AccountLocked, WrongCredentials
from webapp.auth.session import begin
from webapp.config import LOCALES
from webapp.errors import status_of
from webapp.i18n import sentence

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
@public
def login() -> ResponseReturnValue:
    """Show the form that asks for a name and a password."""
    if current_person() is not None:
        return redirect(_wanted())
    return _form("", None)


@blueprint.post("/login")
@public
def sign_in() -> ResponseReturnValue:
    """Check the name and the password, and begin a session."""
    name = request.form.get("name", "").strip()
    try:
        person = accounts.check_login(name, request.form.get("password", ""))
    except (WrongCredentials, AccountLocked) as refusal:
        return _form(name, refusal)
    begin(person)
    return redirect(_wanted())


@blueprint.post("/logout")
@needs()
def logout() -> ResponseReturnValue:
    """End the session."""
    session.clear()
    g.pop("person", None)
    return redirect(url_for("auth.login"))


@blueprint.post("/logout/everywhere")
@needs()
def logout_everywhere() -> ResponseReturnValue:
    """End every session of this person, on every machine."""
    person = current_person()
    if person is not None:
        accounts.end_sessions(person.id)
    return logout()


@blueprint.post("/locale")
@public
def choose_locale() -> ResponseReturnValue:
    """Remember the language in which this browser reads."""
    if request.form.get("locale") in LOCALES:
        session["locale"] = request.form["locale"]
    return redirect(_wanted())


def _wanted() -> str:
    """Return the page that was asked for before the login, if it is ours."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if ours and not parts.netloc and not parts.scheme else "/"


def _form(name: str, refusal: Refusal | None) -> ResponseReturnValue:
    problem = sentence(refusal) if refusal is not None else None
    status = status_of(refusal) if refusal is not None else 200
    try:
        page = render_template(
            "auth/login.html", name=name, problem=problem, next=_wanted()
        )
    except TemplateNotFound:
        return Response(problem or "", status, mimetype="text/plain")
    return page, status
