"""Who is asking: by session in a browser, by bearer token in a machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import g, request, session
from sqlalchemy import select

from engine.actor import Actor
from engine.commands.people import as_actor
from storage.digest import sha256
from storage.models import ApiToken, Person
from webapp.auth.refusals import SignInNeeded
from webapp.clock import now
from webapp.config import Settings
from webapp.database import session as database
from webapp.settings import settings

API_PREFIX = "/api/"
#: A session's last use is written down at most this often.
GRAIN = timedelta(minutes=1)


def is_api() -> bool:
    """Say whether the request asks for JSON under /api/."""
    return request.path.startswith(API_PREFIX)


def bearer() -> str | None:
    """Return the bearer token of an API request; None when it sent none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not is_api() or scheme.lower() != "bearer":
        return None
    return token.strip()


def current_person() -> Person | None:
    """Return the person who is signed in; None when nobody is."""
    if "person" not in g:
        token = bearer()
        g.person = _by_session() if token is None else _by_token(token)
    person: Person | None = g.person
    return person


def current_actor() -> Actor:
    """Return who is acting; raises SignInNeeded."""
    person = current_person()
    if person is None:
        raise SignInNeeded
    return as_actor(person)


def _by_token(token: str) -> Person | None:
    found = (
        database()
        .execute(
            select(Person, ApiToken)
            .join(ApiToken, ApiToken.person_id == Person.id)
            .where(
                ApiToken.digest == sha256(token.encode()),
                ApiToken.revoked_at.is_(None),
                Person.active,
            )
        )
        .first()
    )
    if found is None:
        return None
    person, kept = found
    lapsed = kept.expires_at is not None and kept.expires_at <= now()
    return None if lapsed else person


def _by_session() -> Person | None:
    if "person" not in session or _is_over(settings()):
        return None
    person = database().get(Person, UUID(session["person"]))
    if person is None or not person.active or person.session_epoch != session["epoch"]:
        return None
    _touch()
    return person


def _is_over(limits: Settings) -> bool:
    """Say whether the session has lapsed by rest or by age."""
    moment = now()
    seen = datetime.fromisoformat(session["seen_at"])
    began = datetime.fromisoformat(session["signed_in_at"])
    return (
        moment - seen > limits.session_idle or moment - began > limits.session_lifetime
    )


def _touch() -> None:
    moment = now()
    if moment - datetime.fromisoformat(session["seen_at"]) >= GRAIN:
        session["seen_at"] = moment.isoformat()
