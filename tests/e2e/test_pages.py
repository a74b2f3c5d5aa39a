"""The pages in a real browser: reachable, clean, and complete without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from webapp.scenarios.stage import example

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1366, 768), "tablet": (820, 1180), "phone": (390, 844)}
#: Words that only code knows look like this.
CODE_NAME = re.compile(r"\b[a-z]+_[a-z_]+\b")
#: The smallest thing that a camera could have made.
PHOTO = {
    "name": "现场.jpg",
    "mimeType": "image/jpeg",
    "buffer": example("photo", datetime(2026, 3, 17, 1, 5, tzinfo=UTC)),
}
#: Where such words are meant: file names that a camera gave.
FILES = re.compile(r"\b[\w-]+\.(jpg|mp4|wav)\b")


def _pages(page, site):
    """Return the addresses of every kind of page, found by following links."""
    case = f"/cases/{site.case_id}"
    page.goto(f"{site.address}{case}")
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.pathname)")
    first = {
        kind: next((link for link in links if re.fullmatch(pattern, link)), None)
        for kind, pattern in {
            "task": r"/tasks/[0-9a-f-]+",
            "document": r"/documents/[0-9a-f-]+",
            "clause": r"/clauses/.+",
        }.items()
    }
    fixed = ["/", "/?box=claimable", "/?box=signing", "/?box=done", "/cases"]
    fixed += ["/cases/new", "/processes", "/processes/penalty", "/clauses", "/profile"]
    return [
        *fixed,
        case,
        f"{case}/evidence",
        *(link for link in first.values() if link),
    ]


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(desk, site, size):
    """No page breaks a rule of axe, shows a code name, or scrolls sideways."""
    width, height = SIZES[size]
    addresses = _pages(desk, site)
    desk.set_viewport_size({"width": width, "height": height})
    faults = {}
    for address in addresses:
        desk.goto(site.address + address)
        if desk.locator("case-map").is_visible():
            expect(desk.locator("case-map[ready]")).to_be_visible()
        found = []
        if size != "tablet":  # the same elements as on a desktop
            found += [each["id"] for each in Axe().run(desk).response["violations"]]
        text = FILES.sub("", desk.locator("#main").inner_text())
        found += [f"code name {name}" for name in CODE_NAME.findall(text)]
        if desk.evaluate("document.documentElement.scrollWidth") > width:
            found.append("scrolls sideways")
        if found:
            faults[address] = sorted(set(found))

    assert faults == {}


def test_the_inbox_is_worked_by_keyboard(desk):
    """J moves, the preview follows, Enter opens, the slash goes to the search."""
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.locator(".inbox-row").nth(1)).to_be_focused()
    desk.keyboard.press("k")
    expect(desk.locator(".inbox-row").nth(0)).to_be_focused()
    chosen = desk.locator(".inbox-row.selected .step")
    expect(desk.locator("#preview h2")).to_have_text(chosen.inner_text())
    desk.keyboard.press("/")
    expect(desk.locator("#search")).to_be_focused()


def test_the_diagram_shows_where_the_case_stands(desk, site):
    """The map is readable, its nodes are reachable by keyboard and lead somewhere."""
    desk.goto(f"{site.address}/cases/{site.case_id}")
    expect(desk.locator("case-map[ready]")).to_be_visible()
    expect(desk.locator(".bjs-powered-by")).to_be_visible()
    node = desk.locator('[data-element-id="investigation"][tabindex="0"]')

    assert node.get_attribute("aria-label").endswith("办理中")

    node.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_contain_text("调查取证")


def test_a_called_process_opens_in_the_map(desk, site):
    """A tab shows the diagram of a process that the case has called."""
    desk.goto(f"{site.address}/cases/{site.case_id}")
    expect(desk.locator("case-map[ready]")).to_be_visible()
    desk.locator("[data-tabs] button").nth(1).click()
    inner = desk.locator('[data-element-id="registration_settlement"].st-active')
    expect(inner).to_be_visible()


def test_a_draft_is_saved_while_it_is_written(desk, site):
    """Typing is kept by itself, and survives a reload."""
    desk.goto(f"{site.address}/cases/{site.case_id}")
    desk.locator("#stuck").get_by_role("button", name="起草").first.click()
    field = desk.locator("#document-form textarea").first
    name = field.get_attribute("id")
    field.fill("按一般程序返还")
    expect(desk.locator("#saved-state")).to_contain_text("已自动保存", timeout=10_000)
    desk.reload()

    assert desk.locator(f"[id='{name}']").input_value() == "按一般程序返还"


def test_everything_is_done_without_scripts(browser, site, browser_context_args):
    """A case is opened and its first document drafted with JavaScript switched off."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, "zhou.lan@pds")
    page.goto(f"{site.address}/cases/new")
    page.select_option("[id='f-process']", "penalty")
    page.fill("[id='f-cause']", "涉嫌未按规定处置医疗废物")
    page.locator("label[for='kind-citizen']").click()
    page.get_by_role("button", name="登记并启动").click()
    expect(page.locator(".summary-errors")).to_contain_text("姓名或者名称")
    page.fill("[id='f-party.name']", "王某某")
    page.get_by_role("button", name="登记并启动").click()
    expect(page.locator("h1")).to_contain_text("王某某")
    page.get_by_role("link", name="办理当前环节").click()
    page.locator("#documents").get_by_role("button", name="起草").click()
    page.get_by_role("button", name="定稿待签").click()
    expect(page.locator(".summary-errors li").first).to_be_visible()
    context.close()


def test_a_recording_is_declared_with_its_file(desk, site):
    """One form declares a photo and brings it; the grid shows it with its digest."""
    desk.goto(f"{site.address}/cases/{site.case_id}")
    desk.locator("#stuck").get_by_role("link", name="登记音像").first.click()
    desk.locator("label[for='medium-photo']").click()
    desk.fill("#device", "PDS-CAM-09")
    desk.fill("#started_at", "2026-03-17T09:05")
    desk.set_input_files("#file-new", files=[PHOTO])
    desk.locator("#declare").get_by_role("button", name="登记").click()
    expect(desk.locator(".ct-flash")).to_contain_text("原始文件已入库")
    desk.goto(f"{site.address}/cases/{site.case_id}/evidence")
    shot = desk.locator(".shot", has_text="PDS-CAM-09")
    expect(shot).to_contain_text("已入库")
    expect(shot.locator("img")).to_be_visible()


def test_a_step_is_finished_only_when_nothing_is_missing(desk, site):
    """The finishing button is shut with reasons; a refusal keeps what was entered."""
    desk.goto(f"{site.address}/cases/{site.case_id}")
    step = desk.locator("#steps a", has_text="作出登记保存处理决定")
    step.click()
    finish = desk.locator(".finish button").first
    expect(finish).to_be_disabled()
    expect(desk.locator(".finish")).to_contain_text("证据先行登记保存处理决定书")
    law = desk.locator(".gate .clause").first
    law.locator("summary").click()
    expect(law.locator("blockquote")).to_contain_text("证据")


def test_a_print_holds_no_navigation(desk, site):
    """On paper there is the case and nothing to click."""
    desk.goto(f"{site.address}/cases/{site.case_id}")
    desk.emulate_media(media="print")
    expect(desk.locator(".ct-nav")).to_be_hidden()
    expect(desk.locator(".ct-top")).to_be_hidden()
    expect(desk.locator("#steps")).to_be_visible()


def test_the_language_is_changed_from_any_page(desk, site):
    """The menu turns the page into English: its words, and what it says it speaks."""
    desk.locator(".ct-me summary").click()
    desk.get_by_role("button", name="English").click()
    expect(desk.locator(".ct-nav")).not_to_contain_text("待办")
    desk.goto(f"{site.address}/cases/{site.case_id}")
    expect(desk.locator("html")).to_have_attribute("lang", "en")
