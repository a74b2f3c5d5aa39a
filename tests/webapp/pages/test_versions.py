"""Versions on pages: listed, compared, withdrawn, and running cases carried over."""

from __future__ import annotations

import re

import pytest

from tests.webapp.versions import HARMLESS, UNSAFE, open_cases, publish
from webapp import jobs, worker

PAGE = "/processes/penalty/versions"


@pytest.fixture
def designer(published, sign_in):  # noqa: ARG001 - chooses the application
    """Return a designer of processes; two cases run under the first version."""
    jobs.load()
    open_cases(sign_in("zhou.lan@pds"), 2)
    return sign_in("bai.ning@pds")


def post(browser, path, **form):
    """Send a form of a page."""
    return browser.client.post(path, data={**form, "csrf_token": browser.token})


def drain(app):
    """Let the worker do all that is due."""
    with app.app_context():
        worker.drain()


def test_versions_are_listed_with_their_cases(published, designer):
    """Each version says since when it holds and how many cases run under it."""
    publish(published, HARMLESS)
    page = designer.get(PAGE).text
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)[1:3]

    assert "用于新立案件" in rows[0]
    assert "旧版本" in rows[1]
    assert re.findall(r'data-label="在办案件">(\d+)<', page) == ["0", "2"]


def test_a_trial_then_the_migration(published, designer):
    """The trial tells each fate; confirmed, the cases go over and it says so."""
    publish(published, HARMLESS)
    form = {"from_version": "", "to": "2", "reason": "新规定", "renamed": ""}
    tried = post(designer, f"{PAGE}/migrations", try_only="yes", **form)
    waiting = designer.get(tried.location).text
    drain(published)
    progress = designer.get(f"{tried.location}/progress")
    trial = designer.get(tried.location).text
    done = post(designer, f"{PAGE}/migrations", **form)
    drain(published)
    result = designer.get(done.location).text

    assert 'hx-trigger="every 2s"' in waiting
    assert "还没有结果" in waiting
    assert "没有案件" not in waiting
    assert progress.headers["HX-Refresh"] == "true"
    assert trial.count("可以从第 1 版迁移到第 2 版") == 2
    assert "确认迁移 2 件" in trial
    assert result.count("已从第 1 版迁移到第 2 版") == 2
    assert "确认迁移" not in result


def test_refused_cases_say_why_and_what_to_do(published, designer):
    """Nothing is offered to confirm where no case can go over."""
    publish(published, *UNSAFE)
    tried = post(designer, f"{PAGE}/migrations", try_only="yes", reason="新规定")
    drain(published)
    page = designer.get(f"{tried.location}?fate=refused").text

    assert page.count("“受理案源”正在办理，新版本中已没有") == 2
    assert "写明对应的新环节" in page
    assert "确认迁移" not in page


def test_a_version_is_withdrawn_and_reinstated(published, designer):
    """The page says that it is withdrawn and why; the last one is kept."""
    publish(published, HARMLESS)
    newest, first = re.findall(
        rf'action="{PAGE}/(\S+)/withdraw"', designer.get(PAGE).text
    )
    withdrawn = post(designer, f"{PAGE}/{newest}/withdraw", reason="流程图有误")
    after = designer.get(PAGE).text
    last = post(designer, f"{PAGE}/{first}/withdraw", reason="流程图有误")
    post(designer, f"{PAGE}/{newest}/reinstate", reason="已核实")

    assert withdrawn.status_code == 302
    assert "流程图有误" in after
    assert last.status_code == 409
    assert "最后一个可以立案的版本" in last.text
    assert "流程图有误" not in designer.get(PAGE).text


def test_two_versions_are_compared_in_sentences(published, designer):
    """What came, went and changed is told by its name."""
    publish(
        published,
        HARMLESS,
        ('<rec:input fact="accepted_at"', '<rec:input fact="license_needed"'),
    )
    page = designer.get(f"{PAGE}/compare?old=1&new=2").text
    same = designer.get(f"{PAGE}/compare?old=2&new=2").text
    english = designer.get(f"{PAGE}/compare?old=1&new=9")

    assert "“受理案源”改名为“登记案源”" in page
    assert "的表单新增" in page
    assert "3 处不同" in page
    assert "两个版本没有不同" in same
    assert english.status_code == 404


def test_an_officer_reads_and_is_offered_nothing(published, sign_in):
    """Everybody sees the versions; only who designs processes carries cases over."""
    publish(published, HARMLESS)
    officer = sign_in("zhou.lan@pds")
    page = officer.get(PAGE)

    assert page.status_code == 200
    assert "迁移在办案件" not in page.text
    assert post(officer, f"{PAGE}/migrations", reason="x").status_code == 403
    assert officer.get("/processes/nothing/versions").status_code == 404


def test_one_version_alone_offers_no_migration(designer):
    """There is nowhere to carry cases to, and the page says so."""
    page = designer.get(PAGE).text

    assert "只有一个版本" in page
    assert "试算" not in page
