"""The engine of an application, and the session of a request or a job."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event, make_url
from sqlalchemy.orm import Session

from storage.batch import Batch
from storage.batch import batch as open_batch
from storage.database import Model, configure, engine_options
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


#: Flask-SQLAlchemy over our plain models: its engine, and one session a context.
db = SQLAlchemy(metadata=Model.metadata, session_options={"expire_on_commit": False})


def register(app: Flask, settings: Settings) -> None:
    """Give *app* its engine, and close each context's session at its end."""
    url = make_url(settings.database_url)
    folder = None
    if url.get_backend_name() == "sqlite" and url.database not in {None, ":memory:"}:
        # Else a relative path would be taken as one below the instance folder.
        path = Path(str(url.database)).absolute()
        folder = path.parent
        url = url.set(database=str(path))
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    text = url.render_as_string(hide_password=False)
    app.config["SQLALCHEMY_DATABASE_URI"] = text
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(text)
    db.init_app(app)
    with app.app_context():
        configure(db.engine)
        if folder is not None:
            _make_on_connect(db.engine, folder)
        app.extensions["engine"] = db.engine


def _make_on_connect(engine: Engine, folder: Path) -> None:
    """Make the folder of a database file with its first connection, not before."""

    @event.listens_for(engine, "do_connect")
    def make(*_: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)


def engine() -> Engine:
    """Return the engine of the current application."""
    return db.engine


def session() -> Session:
    """Return the session of this request, job or command-line verb."""
    return db.session()


@contextmanager
def transaction(command_id: str | None = None) -> Iterator[Transaction]:
    """Open the one write transaction of a command, at the clock's instant."""
    with open_transaction(session(), now(), command_id or sent_command_id()) as tx:
        yield tx


@contextmanager
def batch() -> Iterator[Batch]:
    """Open a write transaction for several commands, at the clock's instant."""
    with open_batch(session(), now()) as found:
        yield found


def has_one_writer() -> bool:
    """Say whether the database lets one transaction write at a time."""
    return engine().dialect.name == "sqlite"


def sent_command_id() -> str | None:
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
