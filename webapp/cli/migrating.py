"""``flask processes migrate``: carry running cases over, and tell of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import click
import orjson
from flask_babel import force_locale
from sqlalchemy import select

from engine.actor import Actor
from engine.commands.definitions import newest_set
from engine.commands.migration import Order, require_migrator
from engine.commands.people import as_actor
from storage.models import Agency, Case, Person
from storage.queries.migrations import running_under, sets_of
from storage.transaction import Transaction
from storage.vocabulary import Fate
from webapp.cli.processes import group
from webapp.clock import now
from webapp.config import LOCALES
from webapp.database import session
from webapp.i18n import word
from webapp.migrating import SLICE, CaseFate, carry_alone


@dataclass(frozen=True)
class Target:
    """Where the cases of one authority go."""

    agency_id: UUID
    issuer: str
    order: Order


@group.command("migrate")
@click.argument("key")
@click.option("--from", "from_", type=int, help="Only cases of this version.")
@click.option("--to", type=int, help="The version; the newest when not given.")
@click.option("--case", "numbers", multiple=True, help="Only this case; repeatable.")
@click.option("--rename", multiple=True, help="PROCESS:OLD=NEW, for a renamed step.")
@click.option("--reason", default="", help="Why; kept in the chain of every case.")
@click.option("--as", "login", help="Who decides; only cases of their agency.")
@click.option("--dry-run", is_flag=True, help="Move nothing; tell what would be.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def migrate(  # the options of one verb
    key: str,
    from_: int | None,
    to: int | None,
    numbers: tuple[str, ...],
    rename: tuple[str, ...],
    reason: str,
    login: str | None,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Carry the running cases of process KEY over to another version.

    Each case is a transaction of its own: after a crash, the same call goes on with
    those that are left. Exits with 1 when a case was refused.
    """
    if not dry_run and not reason.strip():
        raise click.UsageError("Say why with --reason.")
    if as_json and not (dry_run or yes):
        raise click.UsageError("--json asks nothing: add --dry-run or --yes.")
    actor = _actor(login)
    wanted = _named(key, numbers)
    targets = _targets(key, to, actor, reason.strip(), _renamed(rename))
    if not targets:
        raise click.ClickException(f"No such version of {key} takes cases.")

    def carry(*, try_only: bool) -> Counter[Fate]:
        counts = Counter[Fate]()
        for target in targets:
            order = replace(target.order, try_only=try_only)
            for case_id in _cases(key, from_, target, wanted):
                fate = carry_alone(case_id, order, actor)
                counts[fate.fate] += 1
                _tell(fate, as_json=as_json)
        _tell_counts(counts, as_json=as_json)
        return counts

    if not dry_run and not yes:
        counts = carry(try_only=True)
        if not counts[Fate.MOVABLE]:
            raise click.exceptions.Exit(1 if counts[Fate.REFUSED] else 0)
        click.confirm(f"Migrate {counts[Fate.MOVABLE]} cases?", abort=True)
    if carry(try_only=dry_run)[Fate.REFUSED]:
        raise click.exceptions.Exit(1)


def _actor(login: str | None) -> Actor | None:
    """Return who decides; None: the installation itself."""
    if login is None:
        return None
    person = session().scalar(select(Person).where(Person.login == login))
    if person is None or not person.active:
        raise click.ClickException(f"There is nobody called {login}.")
    actor = as_actor(person)
    require_migrator(Transaction(session(), now()), actor, "cases.migrate")
    return actor


def _renamed(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if any(not (old and new) for old, _, new in pairs):
        raise click.UsageError("--rename takes PROCESS:OLD=NEW.")
    return {old: new for old, _, new in pairs}


def _targets(
    key: str, to: int | None, actor: Actor | None, reason: str, renamed: dict[str, str]
) -> list[Target]:
    tx = Transaction(session(), now())
    agencies = session().scalars(select(Agency).order_by(Agency.issuer)).all()
    found = []
    for agency in agencies:
        if actor is not None and agency.id != actor.agency_id:
            continue
        target = newest_set(tx, key, agency.issuer, to)
        if target is not None:
            order = Order(requirement_set=target.id, reason=reason, renamed=renamed)
            found.append(Target(agency.id, agency.issuer, order))
    return found


def _named(key: str, numbers: tuple[str, ...]) -> list[Case] | None:
    """Return the cases that were named; None: all."""
    if not numbers:
        return None
    found = []
    for number in dict.fromkeys(numbers):
        case = session().scalar(select(Case).where(Case.number == number))
        if case is None or case.process_key != key:
            raise click.ClickException(f"There is no case {number} of {key}.")
        found.append(case)
    return found


def _cases(
    key: str, from_: int | None, target: Target, named: list[Case] | None
) -> Iterator[UUID]:
    """Yield the cases of one authority, a slice at a time."""
    sets = set(sets_of(session(), key, target.issuer, from_))
    if named is not None:
        for case in named:
            if case.agency_id == target.agency_id and case.requirement_set_id in sets:
                yield case.id
        return
    sets.discard(target.order.requirement_set)
    last = UUID(int=0)
    while found := running_under(
        session(), target.agency_id, sets, after=last, limit=SLICE
    ):
        session().rollback()
        yield from found
        last = found[-1]


def _tell(fate: CaseFate, *, as_json: bool) -> None:
    told = {}
    for locale in LOCALES:
        with force_locale(locale):
            told[locale] = fate.told()
    if as_json:
        line = {**fate.facts(), "told": told}
        click.echo(orjson.dumps(line).decode())
    else:
        click.echo("\n  ".join(told.values()))


def _tell_counts(counts: Counter[Fate], *, as_json: bool) -> None:
    if as_json:
        line = {"counts": {fate.value: counts[fate] for fate in Fate}}
        click.echo(orjson.dumps(line).decode())
        return
    for locale in LOCALES:
        with force_locale(locale):
            each = [f"{word(fate.value, 'fate')} {counts[fate]}" for fate in Fate]
            click.echo(" · ".join(each))
