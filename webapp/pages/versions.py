"""The versions of a process: what each says, and carrying running cases over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.commands.comparing import differences
from engine.commands.pinned import Pinned, pinned_to
from engine.errors import Invalid, NotFound
from engine.rules.posts import Reserved
from storage.models import Case, Migration
from storage.queries import migrations as query
from storage.queries import versions as published
from storage.queries.keyset import EXACT
from storage.vocabulary import Fate, MigrationStatus
from webapp import acts, migrating
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import visible_cases
from webapp.clock import now
from webapp.database import session
from webapp.deciding import may, require
from webapp.pages.changes import told_by_process
from webapp.pages.frame import me
from webapp.pages.people import wanted

blueprint = Blueprint("versions", __name__, url_prefix="/processes/<key>/versions")

#: Fates on one page.
PAGE = 50


@blueprint.get("")
@needs()
def index(key: str) -> ResponseReturnValue:
    """Show every published version, and how many of the agency's cases run under it."""
    rows = _versions(key)
    agency_id = current_actor().agency_id
    return render_template(
        "versions/index.html",
        key=key,
        rows=rows,
        running={
            row.number: published.running(session(), agency_id, row.sets)
            for row in rows
        },
        exact=EXACT,
        proofs=published.proofs_of(session(), key),
        orders=published.orders(session(), agency_id, key) if _migrates() else [],
        migrates=_migrates(),
    )


@blueprint.get("/compare")
@needs()
def compare(key: str) -> ResponseReturnValue:
    """Say what one version says differently from another, change by change."""
    rows = {row.number: row for row in _versions(key)}
    new = _number("new", max(rows))
    old = _number("old", max([n for n in rows if n < new], default=new))
    if old not in rows or new not in rows:
        raise NotFound("process", key)
    changes = differences(_pinned(rows[old]), _pinned(rows[new]), now())
    return render_template(
        "versions/compare.html",
        key=key,
        old=old,
        new=new,
        numbers=sorted(rows),
        changes=told_by_process(changes, _pinned(rows[old]), _pinned(rows[new])),
        count=len(changes),
    )


@blueprint.post("/<uuid:version_id>/withdraw")
@needs()
def withdraw(key: str, version_id: UUID) -> ResponseReturnValue:
    """Let no more cases begin under a version."""
    acts.do("processes.withdraw", version_id=version_id, **wanted("reason"))
    flash("version_withdrawn", "done")
    return redirect(url_for("versions.index", key=key))


@blueprint.post("/<uuid:version_id>/reinstate")
@needs()
def reinstate(key: str, version_id: UUID) -> ResponseReturnValue:
    """Let cases begin under a withdrawn version again."""
    acts.do("processes.reinstate", version_id=version_id, **wanted("reason"))
    flash("version_reinstated", "done")
    return redirect(url_for("versions.index", key=key))


@blueprint.post("/migrations")
@needs()
def start(key: str) -> ResponseReturnValue:
    """Order a migration, or a trial of it."""
    given = wanted("reason")
    params: dict[str, Any] = {
        "process": key,
        "reason": given["reason"],
        "try_only": request.form.get("try_only") == "yes",
        "renamed": renamed(request.form.get("renamed", "")),
    }
    for name in ("from_version", "to"):
        if request.form.get(name):
            params[name] = request.form.get(name, type=int)
    result = acts.do("migrations.start", **params)
    return redirect(
        url_for("versions.migration", key=key, migration_id=result["migration_id"])
    )


@blueprint.get("/migrations/<uuid:migration_id>")
@needs()
def migration(key: str, migration_id: UUID) -> ResponseReturnValue:
    """Show how far a migration is, and what became of each case so far."""
    row = _migration(key, migration_id)
    chosen = request.args.get("fate", "")
    fate = Fate(chosen) if chosen in frozenset(Fate) else None
    rows = query.told_fates(
        session(), row.id, fate=fate, after=_behind(), limit=PAGE + 1
    )
    shown = rows[:PAGE]
    return render_template(
        "versions/migration.html",
        key=key,
        row=row,
        state=migrating.progress_of(row),
        fates=[(each.Case, migrating.fate_of(row, each)) for each in shown],
        known=_known([each.Case.id for each in shown]),
        chosen=fate,
        next=shown[-1].Case.id if len(rows) > PAGE else None,
    )


@blueprint.get("/migrations/<uuid:migration_id>/progress")
@needs()
def progress(key: str, migration_id: UUID) -> ResponseReturnValue:
    """Return how far a migration is, for a page that waits for its end."""
    row = _migration(key, migration_id)
    shown = render_template(
        "versions/_progress.html", key=key, row=row, state=migrating.progress_of(row)
    )
    answer = Response(shown)
    if row.status is not MigrationStatus.RUNNING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/migrations/<uuid:migration_id>/cancel")
@needs()
def cancel(key: str, migration_id: UUID) -> ResponseReturnValue:
    """Stop a migration."""
    acts.do("migrations.cancel", migration_id=migration_id)
    flash("migration_cancelled", "done")
    return redirect(url_for("versions.migration", key=key, migration_id=migration_id))


def renamed(text: str) -> Mapping[str, str]:
    """Return what each line ``process:old=new`` names; raises Invalid."""
    found = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        place, equals, element = (part.strip() for part in line.partition("="))
        if not (place and equals and element):
            raise Invalid({"renamed": ["not_of_type"]})
        found[place] = element
    return found


def _versions(key: str) -> list[published.Version]:
    mine = me()
    found = published.versions(session(), key, mine.issuer if mine else "")
    if not found:
        raise NotFound("process", key)
    return found


def _pinned(version: published.Version) -> Pinned:
    return pinned_to(session(), version.sets[0])


def _number(name: str, default: int) -> int:
    return request.args.get(name, default, type=int)


def _behind() -> UUID:
    return request.args.get("after", UUID(int=0), type=UUID)


def _migrates() -> bool:
    return may(Reserved.MIGRATION)


def _migration(key: str, migration_id: UUID) -> Migration:
    actor = current_actor()
    require("migrations.start", Reserved.MIGRATION)
    found = session().get(Migration, migration_id)
    if found is None or found.agency_id != actor.agency_id or found.process_key != key:
        raise NotFound("migration", str(migration_id))
    return found


def _known(case_ids: list[UUID]) -> set[UUID]:
    """Return which cases the reader may open."""
    seen = visible_cases(current_actor())
    return set(session().scalars(select(Case.id).where(Case.id.in_(case_ids), seen)))
