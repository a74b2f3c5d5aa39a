"""What Alembic runs: which database, which models, how a revision is written.

The database is, in this order: the connection that the caller put into
`config.attributes["connection"]`, or the URL given as `-x url=…`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

import storage.models  # noqa: F401 - fills the metadata
from storage.database import Model, configure, engine_options

#: Longer waits would queue every officer's request behind a migration.
LOCK_TIMEOUT = "4s"


def number(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    directives: list[MigrationScript],
) -> None:
    """Number revisions 0001, 0002, … so that a folder listing is their order."""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    for directive in directives:
        directive.rev_id = f"{int(head or 0) + 1:04}"


def migrate(connection: Connection) -> None:
    """Bring the database behind *connection* to the revision asked for."""
    on_sqlite = connection.dialect.name == "sqlite"
    options: dict[str, Any] = {
        "connection": connection,
        "target_metadata": Model.metadata,
        "render_as_batch": on_sqlite,
        "compare_type": True,
        "compare_server_default": True,
        "user_module_prefix": "storage.database.",
        "process_revision_directives": number,
    }
    context.configure(**options)
    with context.begin_transaction():
        if not on_sqlite:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


def main() -> None:
    """Find the database and migrate it."""
    connection = context.config.attributes.get("connection")
    if isinstance(connection, Connection):
        migrate(connection)
        return
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not isinstance(url, str):
        message = "Name the database: alembic -x url=sqlite:///var/casetrack.db …"
        raise SystemExit(message)
    engine = create_engine(url, **engine_options(url))
    configure(engine)
    with engine.begin() as opened:
        migrate(opened)
    engine.dispose()


main()
