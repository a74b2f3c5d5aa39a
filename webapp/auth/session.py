"""The session of a browser: begun afresh at every login."""

from __future__ import annotations

from flask import g, session

from storage.models import Person
from webapp.clock import now


def begin(person: Person) -> None:
    """Begin a session for *person*; nothing of an earlier one is kept."""
    kept = session.get("locale")
    session.clear()
    moment = now().isoformat()
    session.update(
        person=str(person.id),
        epoch=person.session_epoch,
        signed_in_at=moment,
        seen_at=moment,
    )
    if kept is not None:
        session["locale"] = kept
    g.pop("person", None)
