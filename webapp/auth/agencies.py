"""Authorities whose people sign in, and the sections they work in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from engine.errors import NotFound
from storage.database import new_id
from storage.models import Agency, RequirementSet, Unit
from storage.transaction import Transaction
from webapp.auth.refusals import AgencyTaken

#: What the documents of an authority print of it, beside its name.
PRINTED = (
    "prefix",
    "government",
    "court",
    "unit",
    "bank",
    "account",
    "address",
    "phone",
    "contact_name",
)


def add_agency(
    tx: Transaction,
    *,
    issuer: str,
    name: str,
    units: Iterable[str] = (),
    printed: Mapping[str, str],
) -> Agency:
    """Add an authority under a published rule pack; again, what is new of it.

    Units that it lacks are added, and what its documents print is set anew; nothing
    is taken away.

    Raises:
        NotFound: no rule pack is published under *issuer*.
        AgencyTaken: the name belongs to an authority under another rule pack.
    """
    published = select(RequirementSet.id).where(RequirementSet.issuer == issuer)
    if tx.session.scalar(published.limit(1)) is None:
        raise NotFound("issuer", issuer)
    agency = tx.session.scalar(select(Agency).where(Agency.name == name))
    if agency is None:
        agency = Agency(id=new_id(), issuer=issuer, name=name, letterhead={})
        tx.add(agency)
        tx.session.flush()
    elif agency.issuer != issuer:
        raise AgencyTaken(name, agency.issuer)
    agency.letterhead = {**agency.letterhead, **printed}
    here = select(Unit.name).where(Unit.agency_id == agency.id)
    known = set(tx.session.scalars(here))
    for unit in dict.fromkeys(units):
        if unit not in known:
            tx.add(Unit(id=new_id(), agency_id=agency.id, name=unit))
    return agency
