"""``flask doctor``: what an operator looks at first."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from storage.digest import HAS_SM3
from storage.models import Job, RequirementSet
from storage.vocabulary import JobStatus
from webapp import health
from webapp.cli import database
from webapp.database import session
from webapp.objects import objects

#: What is put into the store and read again; always the same one object.
SAMPLE = b"casetrack self-test\n"


@click.command("doctor")
@with_appcontext
def group() -> None:
    """Check database, store, disk and worker; one line each."""
    found = {**health.checks_for_people(), **_deeper()}
    for name, well in found.items():
        click.echo(f"{'ok  ' if well else 'BAD '} {name}")
    if not HAS_SM3:
        click.echo("note OpenSSL has no SM3 here: only SHA-256 is kept")
    if not all(found.values()):
        raise SystemExit(1)


def _deeper() -> dict[str, bool]:
    stored = objects().put([SAMPLE])
    found = {"object store": objects().verify(stored.sha256) == stored}
    try:
        found["migrations"] = database.current() == database.head()
        found["processes published"] = _count(RequirementSet.id) > 0
        found["no dead jobs"] = _count(Job.id, Job.status == JobStatus.DEAD) == 0
    except SQLAlchemyError:
        found["migrations"] = False
    return found


def _count(column: object, *conditions: object) -> int:
    query = select(func.count(column)).where(*conditions)  # type: ignore[arg-type]  # columns of any table
    return session().scalar(query) or 0
