"""Many cases go over in the background: told of, cancelled, gone on with."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from storage.models import Event, Job
from tests.webapp.versions import HARMLESS, UNSAFE, open_cases, publish
from webapp import database, jobs, migrating, worker

ORDER = {"process": "penalty", "reason": "新规定施行"}


@pytest.fixture
def designer(published, sign_in):  # noqa: ARG001 - chooses the application
    """Return a designer of processes; four cases run under the first version."""
    jobs.load()
    open_cases(sign_in("zhou.lan@pds"), 4)
    return sign_in("bai.ning@pds")


@pytest.fixture
def small_slices(monkeypatch):
    """Let a job carry one case, so that four take several."""
    monkeypatch.setattr(migrating, "SLICE", 1)


def order(designer, **given):
    """Order a migration; returns where it is looked at."""
    answer = designer.send("/api/v1/migrations", {**ORDER, **given})

    assert answer.status_code == 201, answer.json
    return f"/api/v1/migrations/{answer.json['migration_id']}"


def drain(app, *, steps=None):
    """Let the worker work, for some jobs or until nothing is due."""
    left = iter(range(steps if steps is not None else 1000))
    with app.app_context():
        for _ in left:
            if not (claimed := worker.queue.claim(1)):
                return
            worker.run(claimed[0])


def migrated(app):
    """Return how many cases were migrated."""
    with app.app_context():
        return database.session().scalar(
            select(func.count()).where(Event.tag == "case.migrated")
        )


@pytest.mark.usefixtures("small_slices")
def test_all_go_over_and_are_told_of(published, designer):
    """Every case has its fate, and the migration its end."""
    publish(published, HARMLESS)
    at = order(designer)
    before = designer.get(at).json
    drain(published)
    after = designer.get(at).json
    fates = designer.get(f"{at}/fates?limit=3").json
    rest = designer.get(f"{at}/fates?limit=3&cursor={fates['next']}").json

    assert (before["status"], before["total"], before["told"]) == ("running", 4, 0)
    assert (after["status"], after["told"], after["fates"]["moved"]) == ("done", 4, 4)
    assert [len(fates["items"]), len(rest["items"])] == [3, 1]
    assert "已从第 1 版迁移到第 2 版" in rest["items"][0]["told"]
    assert rest["next"] is None
    assert migrated(published) == 4


def test_a_trial_tells_and_moves_nothing(published, designer):
    """What is refused has its reasons; no case has changed."""
    publish(published, *UNSAFE)
    at = order(designer, try_only=True)
    drain(published)
    refused = designer.get(f"{at}/fates?fate=refused").json["items"]

    assert designer.get(at).json["fates"]["refused"] == 4
    assert refused[0]["obstacles"][0]["reason"] == "element_gone"
    assert "受理案源" in refused[0]["told"]
    assert migrated(published) == 0


@pytest.mark.usefixtures("small_slices")
def test_a_cancelled_migration_stops(published, designer):
    """What has gone over stays there, the rest where it is; twice is refused."""
    publish(published, HARMLESS)
    at = order(designer)
    second = designer.send("/api/v1/migrations", ORDER)
    drain(published, steps=2)
    stopped = designer.send(f"{at}/cancel")
    again = designer.send(f"{at}/cancel")
    drain(published)

    assert (second.status_code, second.json["code"]) == (409, "migration_running")
    assert stopped.json["status"] == "cancelled"
    assert again.status_code == 409
    assert migrated(published) == 2
    assert designer.get(at).json["told"] == 2


@pytest.mark.usefixtures("small_slices")
def test_a_killed_job_is_gone_on_with(published, designer):
    """A job that ran, and died before it was settled, changes nothing again."""
    publish(published, HARMLESS)
    at = order(designer)
    with published.app_context():
        (claimed,) = worker.queue.claim(1)
        for _ in range(2):
            jobs.KINDS[claimed.kind](claimed.payload)
    drain(published)
    with published.app_context():
        dead = database.session().scalars(select(Job.last_error)).all()

    assert set(dead) == {None}
    assert designer.get(at).json["fates"]["moved"] == 4
    assert migrated(published) == 4


def test_only_designers_order_and_look(published, designer, sign_in):
    """An officer starts none and sees none; another agency knows of none."""
    publish(published, HARMLESS)
    at = order(designer)
    officer, stranger = sign_in("zhou.lan@pds"), sign_in("zhu.yan@jp")

    assert officer.send("/api/v1/migrations", ORDER).status_code == 403
    assert officer.get(at).status_code == 403
    assert stranger.get(at).status_code == 404
    assert stranger.send(f"{at}/cancel").status_code == 404


def test_a_withdrawn_version_takes_no_new_cases(published, designer, sign_in):
    """New cases begin under the version before; the last one cannot be withdrawn."""
    publish(published, HARMLESS)
    officer = sign_in("zhou.lan@pds")
    versions = [
        each
        for each in designer.get("/api/v1/processes").json
        if each["key"] == "penalty"
    ]
    newest, first = (f"/api/v1/processes/{each['id']}" for each in versions)
    why = {"reason": "流程图有误"}

    def begins_under():
        case_id = open_cases(officer, 1)[0]
        return officer.get(f"/api/v1/cases/{case_id}").json["requirement_set_id"]

    before = begins_under()
    withdrawn = designer.send(f"{newest}/withdraw", why).json
    after = begins_under()
    last = designer.send(f"{first}/withdraw", why)
    back = designer.send(f"{newest}/reinstate", why).json

    assert (withdrawn["withdrawn"], withdrawn["changed"]) == (True, True)
    assert after != before
    assert (last.status_code, last.json["code"]) == (409, "last_version")
    assert (back["withdrawn"], back["changed"]) == (False, True)
    assert begins_under() == before
