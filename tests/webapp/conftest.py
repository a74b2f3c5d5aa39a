"""An installation of one test: its own database, store, people and clock."""

from __future__ import annotations

import re
import shutil

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from storage.database import Model
from storage.models import Person
from webapp import create_app, database
from webapp.cli import people
from webapp.cli.setup import publish_shipped

PASSWORD = "correct-horse-battery"
#: The same kept cheaply: tests sign in often.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def _make(folder):
    return create_app(testing=True, var_dir=folder, object_store="memory")


@pytest.fixture(scope="session")
def seeds(tmp_path_factory):
    """Return databases to copy, made once: empty, with people, with processes too."""
    folder = tmp_path_factory.mktemp("seeds")
    kept = {}

    def keep(name):
        # Closing the last connection folds the log into the file.
        app.extensions["engine"].dispose()
        kept[name] = shutil.copy(folder / "casetrack.db", folder / f"{name}.db")

    app = _make(folder)
    with app.app_context():
        Model.metadata.create_all(database.engine())
    keep("empty")
    with app.app_context(), database.transaction() as tx:
        people.add_people(tx, PASSWORD)
        tx.session.execute(update(Person).values(password_hash=QUICK))
    keep("staffed")
    with app.app_context():
        publish_shipped()
    keep("published")
    return kept


def _seeded(seed, folder):
    shutil.copy(seed, folder / "casetrack.db")
    app = _make(folder)
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def app(seeds, tmp_path):
    """Return an application on an empty database."""
    yield from _seeded(seeds["empty"], tmp_path)


@pytest.fixture
def staffed(seeds, tmp_path):
    """Return an application with the people of the demonstration."""
    yield from _seeded(seeds["staffed"], tmp_path)


@pytest.fixture
def published(seeds, tmp_path):
    """Return an application with people and the shipped processes."""
    yield from _seeded(seeds["published"], tmp_path)


class Browser:
    """A signed-in client that sends its form token with every request."""

    def __init__(self, app, login):
        self.client = app.test_client()
        page = self.client.get("/login").get_data(as_text=True)
        self.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        self.answer = self.client.post(
            "/login",
            data={"name": login, "password": PASSWORD, "csrf_token": self.token},
        )
        with self.client.session_transaction() as session:
            session.setdefault("csrf", "token-of-the-test")
            self.token = session["csrf"]

    def get(self, path, **options):
        """Read a page or resource."""
        return self.client.get(path, **options)

    def send(self, path, body=None, *, method="POST", headers=None, **options):
        """Send JSON, or other *options*, with the form token."""
        return self.client.open(
            path,
            method=method,
            headers={"X-CSRF-Token": self.token, **(headers or {})},
            **(options or {"json": body or {}}),
        )


@pytest.fixture
def sign_in(request):
    """Return a function that signs somebody in by login."""
    app = request.getfixturevalue(_which(request))
    return lambda login: Browser(app, login)


@pytest.fixture
def person_id(request):
    """Return a function from a login to the person's id."""
    app = request.getfixturevalue(_which(request))

    def find(login):
        with app.app_context():
            return database.session().scalar(
                select(Person.id).where(Person.login == login)
            )

    return find


def _which(request):
    """Return the application that the test has, or the one with people."""
    return "published" if "published" in request.fixturenames else "staffed"
