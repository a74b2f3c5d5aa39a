"""``flask events``: the chain of acts."""

from __future__ import annotations

from uuid import UUID

import click
from sqlalchemy import select

from storage import chain
from storage.models import Case, Event
from storage.transaction import sealed
from webapp.cli.group import Group
from webapp.database import session

group = Group("events", help="The chain of acts.")


@group.command("verify")
@click.option("--case", "number", help="Only the chain of this case.")
def verify(number: str | None) -> None:
    """Recompute every chain and name the first link that does not agree."""
    streams = _streams(number)
    broken = 0
    for stream_id in streams:
        found = verify_stream(stream_id)
        if found is not None:
            broken += 1
            click.echo(f"{stream_id}\t{found.seq}\t{found.reason}")
    if broken:
        raise click.ClickException(f"{broken} of {len(streams)} chains are broken.")
    click.echo(f"{len(streams)} chains are whole.")


def verify_stream(stream_id: UUID) -> chain.Break | None:
    """Return the first break in the chain of one case; None if there is none.

    A chain that was cut short at its end disagrees with its case.
    """
    events = session().scalars(
        select(Event).where(Event.stream_id == stream_id).order_by(Event.seq)
    )
    last, head = 0, chain.GENESIS
    bodies = []
    for event in events:
        bodies.append(_body(event))
        last, head = event.seq, event.digest
    found = chain.verify(bodies)
    case = session().get(Case, stream_id)
    if found is not None or case is None:
        return found
    whole = (case.event_seq, case.event_digest) == (last, head)
    return None if whole else chain.Break(last + 1, "gap")


def _body(event: Event) -> dict[str, object]:
    names = (*chain.SEALED, "previous", "digest")
    return sealed({name: getattr(event, name) for name in names})


def _streams(number: str | None) -> list[UUID]:
    if number is None:
        return list(session().scalars(select(Event.stream_id).distinct()))
    case_id = session().scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        raise click.ClickException(f"There is no case {number}.")
    return [case_id]
