"""``flask agencies``: the authorities of this installation."""

from __future__ import annotations

import click
from sqlalchemy import select

from storage.models import Agency, Unit
from webapp.auth.agencies import PRINTED, add_agency
from webapp.cli.group import Group
from webapp.database import session, transaction

group = Group("agencies", help="Authorities, each under its rule pack.")


@group.command("list")
def list_agencies() -> None:
    """List everyone: rule pack, name, units."""
    query = select(Agency).order_by(Agency.issuer, Agency.name)
    for agency in session().scalars(query):
        units = session().scalars(
            select(Unit.name).where(Unit.agency_id == agency.id).order_by(Unit.name)
        )
        click.echo(f"{agency.issuer}\t{agency.name}\t{','.join(units)}")


@group.command("create")
@click.argument("issuer")
@click.argument("name")
@click.option("--unit", "units", multiple=True, help="A section; repeat for more.")
@click.option(
    "--print",
    "printed",
    multiple=True,
    type=(click.Choice(PRINTED), str),
    metavar="KEY TEXT",
    help=f"What its documents print; KEY is one of {', '.join(PRINTED)}.",
)
def create(
    issuer: str,
    name: str,
    units: tuple[str, ...],
    printed: tuple[tuple[str, str], ...],
) -> None:
    """Add an authority called NAME under the rule pack ISSUER.

    Called again for the same one, it adds units and changes what is printed.
    """
    with transaction() as tx:
        add_agency(tx, issuer=issuer, name=name, units=units, printed=dict(printed))
    click.echo(f"{name} opens its cases under {issuer}.")
