"""``flask jobs``: work that waits or has died."""

from __future__ import annotations

from uuid import UUID

import click
from sqlalchemy import func, select

from storage.models import Job
from storage.vocabulary import JobStatus
from webapp import queue
from webapp.cli.group import Group
from webapp.database import session

group = Group("jobs", help="Work outside of commands.")


@group.command("list")
@click.option("--status", type=click.Choice([each.value for each in JobStatus]))
def list_jobs(status: str | None) -> None:
    """Count the jobs by kind and status, and name the dead ones."""
    counted = (
        select(Job.kind, Job.status, func.count())
        .group_by(Job.kind, Job.status)
        .order_by(Job.kind, Job.status)
    )
    if status is not None:
        counted = counted.where(Job.status == JobStatus(status))
    for kind, state, count in session().execute(counted):
        click.echo(f"{kind}\t{state}\t{count}")
    dead = select(Job).where(Job.status == JobStatus.DEAD).order_by(Job.due_at)
    for job in session().scalars(dead):
        click.echo(f"{job.id}\t{job.kind}\t{job.last_error}")


@group.command("revive")
@click.argument("job_id", type=click.UUID)
def revive(job_id: UUID) -> None:
    """Let the dead job JOB_ID be tried again."""
    if not queue.revive(job_id):
        raise click.ClickException("There is no such dead job.")
    click.echo("It will be tried again.")
