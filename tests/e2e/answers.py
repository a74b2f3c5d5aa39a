"""What pages answer: refusals, confirmations, and what they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import Locator, Page

from engine.errors import CaseError

#: By then the page's own scripts have run; its pictures may still come.
READY: Final = "domcontentloaded"
#: The page asks what its gate says to what was entered ...
CHECK = re.compile(r"/check$")
#: ... and puts the answer in place, in milliseconds.
A_MOMENT = 100


class Shown(CaseError):
    """A refusal as it stands on the page."""

    def __init__(self, code: str, facts: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]  # read from the page
        self._facts = dict(facts)

    def facts(self) -> dict[str, Any]:
        """Return the facts that the page carries."""
        return self._facts


def refused(page: Page) -> Shown | None:
    """Return the refusal that a page shows, or None."""
    note = page.locator("[data-code]").first
    if note.count():
        facts = note.get_attribute("data-facts") or "{}"
        return Shown(note.get_attribute("data-code") or "", json.loads(facts))
    if page.locator(".summary-errors").count():
        wrong = page.locator(".summary-errors li").all_inner_texts()
        return Shown("invalid", {"errors": wrong})
    return None


def raise_refusal(page: Page) -> None:
    """Raise the refusal that a page shows, if it shows one."""
    refusal = refused(page)
    if refusal is not None:
        raise refusal


def send(page: Page, button: Locator, *, hesitate: bool = False) -> None:
    """Press a button, confirm if asked, wait for the answer; raises its refusal."""
    asks = button.get_attribute("data-confirm")
    button.scroll_into_view_if_needed()
    if asks and hesitate:
        with page.expect_response(CHECK):
            button.click()
        page.wait_for_timeout(A_MOMENT)
    elif asks:
        button.click()
    if asks:
        sure = page.locator("#confirm-dialog button[value=yes]")
        with page.expect_navigation(wait_until=READY):
            sure.click()
    else:
        with page.expect_navigation(wait_until=READY):
            button.click()
    raise_refusal(page)


def answered(page: Page) -> None:
    """Wait for what an upload says; raises its refusal."""
    page.locator(".ct-flash, [data-code]").first.wait_for()
    raise_refusal(page)


def unfold(inside: Locator) -> None:
    """Open what hides a form."""
    for fold in inside.locator("xpath=ancestor::details[not(@open)]").all():
        fold.locator("> summary").click()


def recordings(page: Page) -> list[str]:
    """Return the ids of the recordings that a page shows."""
    found: list[str] = page.locator(".shot").evaluate_all(
        "(all) => all.map((each) => each.id.replace('rec-', ''))"
    )
    return found
