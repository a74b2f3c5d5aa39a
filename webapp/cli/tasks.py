"""``flask tasks``: what waits for whom."""

from __future__ import annotations

import click
from sqlalchemy import select

from storage.models import Case, Person, Task
from storage.vocabulary import TaskKind, TaskStatus
from webapp.cli.group import Group
from webapp.database import session
from webapp.i18n import spoken

group = Group("tasks", help="Steps of cases.")


@group.command("list")
@click.option("--login", help="Only those of this person.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def list_tasks(login: str | None, limit: int) -> None:
    """List the steps that wait for somebody, the most urgent first."""
    query = (
        select(Task, Case.number, Person.login)
        .join(Case, Task.case_id == Case.id)
        .outerjoin(Person, Task.assignee_id == Person.id)
        .where(
            Task.kind == TaskKind.USER,
            Task.status.in_((TaskStatus.OPEN, TaskStatus.CLAIMED)),
        )
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(limit)
    )
    if login is not None:
        query = query.where(Person.login == login)
    for task, number, holder in session().execute(query):
        due = spoken(task.due_at)
        who = holder or task.capacity or ""
        click.echo(f"{task.id}\t{number}\t{task.element}\t{who}\t{due}")
