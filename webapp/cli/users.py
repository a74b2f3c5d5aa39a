"""``flask users``: people who sign in, and the tokens of machines."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from sqlalchemy import select

from engine.errors import NotFound
from storage.models import Agency, Person, Unit
from storage.vocabulary import Post
from webapp.auth import accounts
from webapp.cli.group import Group
from webapp.database import session, transaction

group = Group("users", help="People who sign in.")

_password = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for when it is not given.",
)


@group.command("list")
def list_users() -> None:
    """List everybody: login, agency, posts, state."""
    rows = session().execute(
        select(Person, Agency.name)
        .join(Agency, Person.agency_id == Agency.id)
        .order_by(Agency.name, Person.login)
    )
    for person, agency in rows:
        posts = ",".join(sorted(held.post for held in person.posts))
        state = "active" if person.active else "inactive"
        click.echo(f"{person.login}\t{person.name}\t{agency}\t{posts}\t{state}")


@group.command("create")
@click.argument("login")
@click.argument("name")
@click.option("--agency", required=True, help="The agency's full name.")
@click.option("--unit", help="The unit's name.")
@click.option(
    "--post", "posts", multiple=True, type=click.Choice([each.value for each in Post])
)
@click.option("--title", default="")
@click.option("--certificate", help="Number of the enforcement certificate.")
@click.option(
    "--valid-to",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the certificate; without it nobody signs as an officer.",
)
@click.option("--legal-qualified", is_flag=True, help="Holds the legal qualification.")
@_password
def create(
    login: str,
    name: str,
    agency: str,
    unit: str | None,
    posts: tuple[str, ...],
    title: str,
    certificate: str | None,
    valid_to: datetime | None,
    password: str,
    *,
    legal_qualified: bool,
) -> None:
    """Add somebody with LOGIN and NAME."""
    with transaction() as tx:
        agency_id = tx.session.scalar(select(Agency.id).where(Agency.name == agency))
        if agency_id is None:
            raise NotFound("agency", agency)
        unit_id = None
        if unit is not None:
            unit_id = tx.session.scalar(
                select(Unit.id).where(Unit.agency_id == agency_id, Unit.name == unit)
            )
            if unit_id is None:
                raise NotFound("unit", unit)
        accounts.create_person(
            tx,
            login=login,
            name=name,
            password=password,
            agency_id=agency_id,
            unit_id=unit_id,
            posts=[Post(post) for post in posts],
            title=title,
            certificate=certificate,
            certificate_valid_to=valid_to.date() if valid_to else None,
            legal_qualified=legal_qualified,
        )
    click.echo(f"{login} can sign in now.")


@group.command("password")
@click.argument("login")
@_password
def password(login: str, password: str) -> None:
    """Give LOGIN a new password and end all sessions of it."""
    with transaction() as tx:
        accounts.set_password(tx, login, password)
    click.echo(f"{login} has a new password; older sessions have ended.")


@group.command("deactivate")
@click.argument("login")
def deactivate(login: str) -> None:
    """Let LOGIN sign in no more; what the person did stays."""
    with transaction() as tx:
        accounts.deactivate(tx, login)
    click.echo(f"{login} can no longer sign in.")


@group.command("token")
@click.argument("login")
@click.argument("name")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650))
def token(login: str, name: str, days: int) -> None:
    """Make a bearer token called NAME for LOGIN, and print it this once."""
    with transaction() as tx:
        person = tx.session.scalar(select(Person).where(Person.login == login))
        if person is None:
            raise NotFound("person", login)
        made = accounts.create_token(
            tx,
            person_id=person.id,
            name=name,
            expires_at=tx.now + timedelta(days=days),
        )
    click.echo(made)
