"""``flask cases``: look at cases."""

from __future__ import annotations

import click
from sqlalchemy import select

from storage.models import Case, Deadline, Document, Task
from storage.vocabulary import CaseStatus, DeadlineStatus, TaskStatus
from webapp.cli.group import Group
from webapp.database import session
from webapp.i18n import spoken

group = Group("cases", help="Cases.")


@group.command("list")
@click.option("--status", type=click.Choice([each.value for each in CaseStatus]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def list_cases(status: str | None, limit: int) -> None:
    """List cases, newest first: number, status, process, day."""
    query = select(Case).order_by(Case.id.desc()).limit(limit)
    if status is not None:
        query = query.where(Case.status == CaseStatus(status))
    for case in session().scalars(query):
        day = spoken(case.opened_at)
        click.echo(f"{case.number}\t{case.status}\t{case.process_key}\t{day}")


@group.command("show")
@click.argument("number")
def show(number: str) -> None:
    """Show the case called NUMBER: open steps, running deadlines, documents."""
    case = session().scalar(select(Case).where(Case.number == number))
    if case is None:
        raise click.ClickException(f"There is no case {number}.")
    click.echo(f"{case.number}\t{case.status}\t{case.process_key}\t{case.id}")
    live = (TaskStatus.OPEN, TaskStatus.CLAIMED)
    for task in session().scalars(
        select(Task)
        .where(Task.case_id == case.id, Task.status.in_(live))
        .order_by(Task.opened_at)
    ):
        click.echo(f"step\t{task.element}\t{task.status}\t{spoken(task.due_at)}")
    for deadline in session().scalars(
        select(Deadline)
        .where(
            Deadline.case_id == case.id,
            Deadline.status.in_((DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE)),
        )
        .order_by(Deadline.due_at)
    ):
        due = spoken(deadline.due_at)
        click.echo(f"deadline\t{deadline.code}\t{deadline.status}\t{due}")
    for document in session().scalars(
        select(Document).where(Document.case_id == case.id).order_by(Document.id)
    ):
        number_given = document.number or ""
        click.echo(f"document\t{document.code}\t{document.status}\t{number_given}")
