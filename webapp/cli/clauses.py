"""``flask clauses``: how much of the law is covered, and what is required where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from webapp import coverage, explaining, rulebook
from webapp.cli.group import Group
from webapp.clock import now
from webapp.i18n import ZONE, word
from webapp.library import clause_of

group = Group("clauses", help="Texts of the law, and what claims them.")

_KINDS = {"yes": "enforceable", "record": "record-only", "no": "organizational"}


@group.command("coverage")
def show_coverage() -> None:
    """Print claimed, proven and open clauses; fails below the floor."""
    click.echo("clauses\tclaimed\tproven\topen\tkind\tinstrument")
    for kind in (coverage.ENFORCEABLE, coverage.RECORD_ONLY):
        for row in coverage.table():
            if row.enforceable == kind:
                _print(row)
        _print(coverage.total(kind))
    lacking = coverage.shortfalls()
    if lacking:
        raise click.ClickException("; ".join(lacking))


@group.command("explain")
@click.argument("issuer", required=False)
@click.argument("activity", required=False)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today.")
@click.option("--case", "number", help="The number of a case, instead of both.")
@click.option("--step", help="Its step, by element or activity; the live ones.")
def explain(
    issuer: str | None,
    activity: str | None,
    on: datetime | None,
    number: str | None,
    step: str | None,
) -> None:
    """Print what ISSUER's rules require at ACTIVITY, why, and who may waive it.

    With --case: what the rules that the case is pinned to require at its live steps.
    """
    if number is not None:
        case = explaining.case_called(number)
        for each in explaining.of_steps(case, step):
            told = each.plain()
            click.echo(f"# {told['step']} {told['activity']} {told['issuer']}")
            _tell(told)
        return
    if issuer is None or activity is None:
        raise click.UsageError("ISSUER and ACTIVITY, or --case NUMBER.")
    day = on.date() if on else now().astimezone(ZONE).date()
    rulebook.require_activity(activity)
    _tell(rulebook.explanation(rulebook.rules_of(issuer, day), activity))


def _tell(told: dict[str, Any]) -> None:
    for record in told["records"]:
        click.echo("\t".join(_head(record)))
        _cite(record["clauses"])
        waiver = record["waiver"]
        if waiver:
            posts = " > ".join(waiver["approvers"]) or "-"
            click.echo(f"  waived: {', '.join(waiver['grounds'])}; {posts}")
            _cite(waiver["clauses"])
        else:
            click.echo("  waived: by nobody")
    for each in (*told["announcements"], *told["duties"], *told["posts"]):
        words = "; ".join(f"{word(k, 'says')}: {v}" for k, v in each["says"].items())
        text = each["facts"].get("text", "")
        click.echo(
            f"{each['kind']}\t{each['name']}\tsince {each['since']} {words}{text}"
        )
        _cite(each["clauses"])
    for each in told["decisions"]:
        posts = ", ".join(each["facts"]["value"])
        click.echo(f"decided\t{each['name']}\tsince {each['since']} {posts}")
        _cite(each["clauses"])
    if not (told["records"] or told["duties"] or told["announcements"]):
        click.echo("not_stated")


def _head(record: dict[str, Any]) -> list[str]:
    """Return level, record, days, and in a case whether it holds and how it stands."""
    parts = [record["level"], record["record"], f"since {record['since']}"]
    if record["when"]:
        parts.append(f"when {record['when']}")
    if "holds" in record:
        parts.append(
            {True: "holds", False: "does not hold", None: "not known"}[record["holds"]]
        )
        parts += [record["state"]] if record["state"] else []
    return parts


def _print(row: coverage.Covered) -> None:
    numbers = (row.clauses, row.claimed, row.proven, row.open)
    name = row.instrument or "all"
    click.echo("\t".join([*map(str, numbers), _KINDS[row.enforceable], name]))


def _cite(clauses: list[dict[str, str]]) -> None:
    for clause in clauses:
        found = clause_of(clause["id"])
        click.echo(f"  {clause['id']} {found.short if found else ''}: {clause['text']}")
