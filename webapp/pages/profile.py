"""One's own account: posts, certificate, password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseError, Invalid
from storage.models import Person
from webapp.auth import accounts
from webapp.auth.current import current_person
from webapp.auth.permissions import needs
from webapp.auth.refusals import SignInNeeded
from webapp.auth.session import begin
from webapp.database import transaction
from webapp.errors import problem, status_of

blueprint = Blueprint("profile", __name__, url_prefix="/profile")


@blueprint.get("")
@needs()
def show() -> ResponseReturnValue:
    """Show who one is, and the form for a new password."""
    return render_template("profile/show.html", person=_myself(), problem=None)


@blueprint.post("/password")
@needs()
def change_password() -> ResponseReturnValue:
    """Replace one's password; every other session ends."""
    person = _myself()
    try:
        accounts.check_login(person.login, request.form.get("old", ""))
        fresh = request.form.get("new", "")
        if fresh != request.form.get("again", ""):
            raise Invalid({"again": ["passwords_differ"]})
        with transaction() as tx:
            accounts.set_password(tx, person.login, fresh)
    except CaseError as refusal:
        page = render_template(
            "profile/show.html", person=person, problem=problem(refusal)
        )
        return page, status_of(refusal)
    begin(_myself())
    flash("password_changed", "done")
    return redirect(url_for("profile.show"))


def _myself() -> Person:
    person = current_person()
    if person is None:
        raise SignInNeeded
    return person
