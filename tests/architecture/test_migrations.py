"""Migrations make exactly the models, and can be taken back."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import storage.models  # noqa: F401 - fills the metadata
from storage.database import Model, configure, engine_options
from tests.architecture.tree import ROOT

CONFIG = ROOT / "pyproject.toml"


@pytest.fixture
def engine(tmp_path):
    """Return an engine over an empty database."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    made = create_engine(url, **engine_options(url))
    configure(made)
    yield made
    made.dispose()


def _migrate(engine, move, revision):
    config = Config(toml_file=CONFIG)
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        move(config, revision)


def test_migrations_make_the_models(engine):
    """A database built by migrations differs in nothing from the models."""
    _migrate(engine, command.upgrade, "head")
    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Model.metadata)

    assert differences == []


def test_migrations_can_be_taken_back(engine):
    """Down to the beginning, nothing of ours is left; and up again works."""
    _migrate(engine, command.upgrade, "head")
    _migrate(engine, command.downgrade, "base")
    with engine.connect() as connection:
        left = inspect(connection).get_table_names()
        others = connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')")
        ).all()
    _migrate(engine, command.upgrade, "head")

    assert left == ["alembic_version"]
    assert others == []


def test_revisions_are_one_line():
    """Each revision follows one other, numbered in order, with its rule on top."""
    scripts = list(
        ScriptDirectory.from_config(Config(toml_file=CONFIG)).walk_revisions()
    )
    numbers = [script.revision for script in reversed(scripts)]

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert numbers != []
