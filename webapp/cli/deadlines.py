"""``flask deadlines``: what runs out, and letting it."""

from __future__ import annotations

from uuid import UUID

import click
from sqlalchemy import select

from engine.commands import firing
from storage.models import Agency, Case, Deadline
from storage.queries.scope import Scope
from storage.vocabulary import DeadlineStatus
from webapp import duelist, sweeping
from webapp.cli.group import Group
from webapp.database import session, transaction
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


@group.command("due")
@click.option("--days", default=3, show_default=True, type=click.IntRange(0, 366))
@click.option("--issuer", help="Only of this authority, such as pingdingshan.")
def list_due(days: int, issuer: str | None) -> None:
    """List what is overdue or ends within DAYS legal days, the first first."""
    agencies = select(Agency.id)
    if issuer:
        agencies = agencies.where(Agency.issuer == issuer)
    scope = Scope(agencies=tuple(session().scalars(agencies)))
    place = None
    while True:
        part = duelist.due_within(session(), scope, days, place=place)
        for row in part.rows:
            told = (
                row.group,
                spoken(row.deadline.due_at),
                row.case.number,
                row.deadline.code,
                row.unit or "",
            )
            click.echo("\t".join(told))
        if part.after is None:
            break
        place = part.after


@group.command("sweep")
def sweep() -> None:
    """Let every deadline whose instant has passed take its effect."""
    click.echo(f"{sweeping.sweep()} deadlines took effect.")


@group.command("recount")
def recount() -> None:
    """Count every running deadline by the newest calendar."""
    click.echo(f"{sweeping.recount()} deadlines moved.")


@group.command("parked")
def parked() -> None:
    """List deadlines that a sweep gave up, and why."""
    query = (
        select(Deadline, Case.number)
        .join(Case, Deadline.case_id == Case.id)
        .where(Deadline.parked_at.is_not(None))
        .order_by(Deadline.parked_at)
    )
    for deadline, number in session().execute(query):
        since = spoken(deadline.parked_at)
        told = (deadline.id, number, deadline.code, since, deadline.parked_for)
        click.echo("\t".join(str(part) for part in told))


@group.command("retry")
@click.argument("deadline_id", type=click.UUID, required=False)
def retry(deadline_id: UUID | None) -> None:
    """Let parked deadlines be tried again: one by its DEADLINE_ID, or all."""
    with transaction() as tx:
        count = firing.unpark(tx, deadline_id)
    click.echo(f"{count} deadlines will be tried again.")
