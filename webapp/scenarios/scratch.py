"""A scratch installation in a folder: its own database, store and published law."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from engine.commands import definitions
from forms import registry
from storage.database import Model
from storage.models import RequirementSet
from storage.transaction import count_of
from webapp import acts, create_app, database


def scratch_app(
    folder: Path, root: Path, database_url: str | None = None
) -> Callable[[], Flask]:
    """Return what makes an application on *folder*; each call is a server start.

    Args:
        folder: where database and objects are kept.
        root: the folder that holds ``processes/``.
        database_url: an empty database elsewhere; none: a file in *folder*.
    """
    url = database_url or f"sqlite:///{folder / 'casetrack.db'}"

    def make() -> Flask:
        app = create_app(
            testing=True,
            database_url=url,
            object_dir=folder / "objects",
            secret_key_file=folder / "secret",
        )
        acts.load()
        return app

    app = make()
    with app.app_context():
        Model.metadata.create_all(database.engine())
        publish_shipped(root / "processes")
        database.engine().dispose()
    return make


def publish_shipped(processes: Path) -> int:
    """Publish law and diagrams; returns how many requirement sets are new."""
    documents = [definition.code for definition in registry.all()]
    with database.transaction() as tx:
        return definitions.publish(tx, definitions.read_folder(processes), documents)


def is_published() -> bool:
    """Say whether anything was ever published here."""
    return count_of(database.session(), RequirementSet) > 0
