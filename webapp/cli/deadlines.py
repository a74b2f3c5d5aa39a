"""``flask deadlines``: what runs out, and letting it."""

from __future__ import annotations

import click
from sqlalchemy import select

from storage.models import Case, Deadline
from storage.vocabulary import DeadlineStatus
from webapp import sweeping
from webapp.cli.group import Group
from webapp.database import session
from webapp.i18n import spoken

group = Group("deadlines", help="Deadlines.")


@group.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def list_deadlines(limit: int) -> None:
    """List running deadlines, the next one first."""
    query = (
        select(Deadline, Case.number)
        .join(Case, Deadline.case_id == Case.id)
        .where(Deadline.status == DeadlineStatus.RUNNING)
        .order_by(Deadline.due_at)
        .limit(limit)
    )
    for deadline, number in session().execute(query):
        click.echo(f"{spoken(deadline.due_at)}\t{number}\t{deadline.code}")


@group.command("sweep")
def sweep() -> None:
    """Let every deadline whose instant has passed take its effect."""
    click.echo(f"{sweeping.sweep()} deadlines took effect.")
