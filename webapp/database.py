"""The engine of an application, and the session of a request or a job."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

from storage.database import configure, engine_options
from storage.digest import sha256
from storage.transaction import Transaction
from storage.transaction import transaction as open_transaction
from webapp.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.config import Settings

#: A repeated command carries the identifier of the first one here ...
COMMAND_HEADER = "Idempotency-Key"
#: ... or, from a form, here.
COMMAND_FIELD = "command_id"


def make_engine(settings: Settings) -> Engine:
    """Return an engine for the database that *settings* name."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database not in {None, ":memory:"}:
        Path(str(url.database)).absolute().parent.mkdir(parents=True, exist_ok=True)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(
        url, **engine_options(url.render_as_string(hide_password=False))
    )
    configure(engine)
    return engine


def register(app: Flask, settings: Settings) -> None:
    """Give *app* its engine, and close each context's session at its end."""
    app.extensions["engine"] = make_engine(settings)
    app.teardown_appcontext(_close)


def engine() -> Engine:
    """Return the engine of the current application."""
    found: Engine = current_app.extensions["engine"]
    return found


def session() -> Session:
    """Return the session of this request, job or command-line verb."""
    if "session" not in g:
        g.session = Session(engine(), expire_on_commit=False)
    found: Session = g.session
    return found


@contextmanager
def transaction(command_id: str | None = None) -> Iterator[Transaction]:
    """Open the one write transaction of a command, at the clock's instant."""
    with open_transaction(session(), now(), command_id or _sent_command_id()) as tx:
        yield tx


def _sent_command_id() -> str | None:
    """Return the client's identifier of this command; None when it sent none."""
    if not has_request_context():
        return None
    sent = request.headers.get(COMMAND_HEADER)
    if not sent and request.mimetype in {
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    }:
        sent = request.form.get(COMMAND_FIELD)
    if not sent:
        return None
    # The same key from somebody else, or for another act, is another command.
    person = g.get("person")
    sender = person.id.hex if person is not None else ""
    return sha256(f"{sender} {request.method} {request.path} {sent}".encode())


def _close(_error: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()
