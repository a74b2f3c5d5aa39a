"""The stage of a scenario whose acts are clicks and keys on the real pages."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from storage.models import Recording, Task
from tests.e2e.answers import (
    A_MOMENT,
    CHECK,
    READY,
    Shown,
    answered,
    raise_refusal,
    recordings,
    send,
    unfold,
)
from tests.e2e.filling import NoSuchField, fill, fill_document
from webapp import clock, database
from webapp.scenarios.script import Script
from webapp.scenarios.stage import MEDIA_TYPES, SUFFIXES, Stage, example

Result = dict[str, Any]
#: How long a page may take, in milliseconds.
PATIENCE = 15_000
#: The browser says so itself whenever an answer is not a success.
EXPECTED = re.compile(r"Failed to load resource: .* status of 4\d\d")


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        """Write nothing: the browser is the witness."""


class BrowserStage(Stage):
    """A served application, and a browser for everybody of the scenario."""

    def __init__(
        self,
        make_app: Callable[[], Flask],
        script: Script,
        browser: Browser,
        options: Mapping[str, Any],
        password: str,
    ) -> None:
        super().__init__(make_app, script)
        self.browser, self.options, self.password = browser, options, password
        self.pages: dict[str, Page] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.said: list[str] = []  #: what the browsers complained of
        #: Steps whose button could not be pressed, and what it said.
        self.shut: list[tuple[str, str]] = []
        self.latest: datetime | None = None
        self.server = make_server(
            "127.0.0.1", 0, self.app, threaded=True, request_handler=_Quiet
        )
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        """Send everybody home and let the clock run as the machine's."""
        for page in self.pages.values():
            page.context.close()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        clock.start_at(None)

    def set_clock(self, at: datetime) -> None:
        """Let the server's clock run on from *at*; within a step it never goes back."""
        if self.latest is None or at > self.latest:
            self.latest = at
            if clock.now() < at or abs((clock.now() - at).days) > 1:
                clock.start_at(at)

    def page(self, who: str) -> Page:
        """Return the page of somebody, signed in."""
        if who not in self.pages:
            role = next(each for each in self.script.people if each.id == who)
            context = self.browser.new_context(**self.options)
            context.set_default_timeout(PATIENCE)
            page = self.pages[who] = context.new_page()
            page.on("console", lambda message: self._hear(message.type, message.text))
            page.on("pageerror", lambda error: self.said.append(str(error)))
            page.goto(f"{self.address}/login")
            page.fill("#name", role.login or role.id)
            page.fill("#password", self.password)
            page.click("button.btn-primary")
            page.wait_for_url(f"{self.address}/")
        return self.pages[who]

    def go(self, who: str, path: str) -> Page:
        """Open a page as somebody; raises what it refuses."""
        page = self.page(who)
        page.goto(f"{self.address}{path}", wait_until=READY)
        raise_refusal(page)
        return page

    def at_document(self, who: str, document_id: str) -> Page:
        """Return a page with the document; who has it before them stays there."""
        page, path = self.page(who), f"/documents/{document_id}"
        return page if page.url == f"{self.address}{path}" else self.go(who, path)

    def act(
        self, at: datetime, who: str, name: str, params: Mapping[str, Any]
    ) -> Result:
        """Carry out one act with clicks, as *who* at the moment *at*."""
        self.set_clock(at)
        done: Result = getattr(self, f"_{name.replace('.', '_')}")(who, **params)
        return done

    def store(self, medium: str, file: Path | None, at: datetime) -> tuple[str, str]:
        """Keep the bytes of a recording until somebody uploads them."""
        data = file.read_bytes() if file is not None else example(medium, at)
        name = f"{medium}-{at:%Y%m%d-%H%M%S}{SUFFIXES[medium]}"
        sha256 = hashlib.sha256(data).hexdigest()
        self.files[sha256] = (MEDIA_TYPES[medium], data)
        return sha256, file.name if file is not None else name

    # ---- cases

    def _cases_open(self, who: str, **told: Any) -> Result:
        page = self.go(who, "/cases/new")
        suspect, *rest = told["parties"]
        answers = {key: told.get(key) for key in ("process", "source", "cause")}
        answers |= {f"party.{k}": v for k, v in suspect.items() if k != "role"}
        for other in rest:
            page.locator("summary", has_text="投诉举报人").click()
            answers |= {f"complainant.{k}": v for k, v in other.items() if k != "role"}
        for name, value in answers.items():
            fill(page, "form.sheet", name, value)
        send(page, page.get_by_role("button", name="登记并启动"))
        return {"case_id": page.url.rsplit("/", 1)[-1]}

    # ---- documents

    def _documents_draft(
        self,
        who: str,
        task_id: str,
        code: str,
        fields: Mapping[str, Any] | None = None,
        replaces: str | None = None,
    ) -> Result:
        if replaces is not None:
            page = self.go(who, f"/documents/{replaces}")
            send(page, page.get_by_role("button", name="起草替换文书"))
        else:
            page = self.go(who, f"/tasks/{task_id}")
            self._begin(page, task_id, code)
        document_id = page.url.rsplit("/", 1)[-1]
        if fields:
            fill_document(page, fields)
            send(page, page.get_by_role("button", name="保存草稿").last)
        return {"document_id": document_id}

    def _begin(self, page: Page, task_id: str, code: str) -> None:
        offered = page.locator(f"#documents form:has([name=code][value='{code}'])")
        if offered.count():
            send(page, offered.get_by_role("button").first)
            return
        other = page.locator(f"#others option[value='{code}']")
        if other.count():
            page.locator("#others summary").click()
            page.select_option("#other-code", code)
            send(page, page.locator("#others button"))
            return
        # Nobody can ask for it here; whoever forges the form is refused as well.
        with page.expect_navigation(wait_until=READY):
            page.evaluate(FORGE, [f"/tasks/{task_id}/documents", code])
        raise_refusal(page)
        raise NoSuchField(code)

    def _documents_prepare(self, who: str, document_id: str) -> Result:
        page = self.at_document(who, document_id)
        send(page, page.get_by_role("button", name="定稿待签"))
        return {"document_id": document_id}

    def _documents_sign(
        self,
        who: str,
        document_id: str,
        role: str,
        kind: str = "signature",
        **given: Any,
    ) -> Result:
        page = self.at_document(who, document_id)
        refusing = ":has([name=kind][value=refusal])"
        slot = page.locator(
            f"form:has([name=role][value='{role}'])"
            + (refusing if kind == "refusal" else f":not({refusing})")
        )
        if not slot.count():
            raise Shown("not_yours", {"document": document_id, "role": role})
        unfold(slot)
        for name, value in given.items():
            slot.locator(f"[name='{name}']").fill(value)
        choice = slot.locator(f"label[for='k-{role}-{kind}']")
        if choice.count():
            choice.click()
        send(page, slot.get_by_role("button"))
        return {"document_id": document_id}

    # ---- recordings

    def _recordings_declare(self, who: str, task_id: str, **told: Any) -> Result:
        page = self.go(who, f"/tasks/{task_id}")
        unfold(page.locator("#declare form"))
        for name, value in told.items():
            fill(page, "#declare form", name, value)
        before = set(recordings(page))
        page.locator("#declare").get_by_role("button", name="登记").click()
        answered(page)
        (fresh,) = set(recordings(page)) - before
        return {"recording_id": fresh}

    def _recordings_deposit(
        self, who: str, recording_id: str, sha256: str, file_name: str
    ) -> Result:
        case = self._case_of_recording(recording_id)
        page = self.go(who, f"/cases/{case}/evidence")
        form = page.locator(f"#rec-{recording_id} form[data-upload]")
        unfold(form)
        media_type, data = self.files[sha256]
        form.locator("input[type=file]").set_input_files(
            [{"name": file_name, "mimeType": media_type, "buffer": data}]
        )
        form.get_by_role("button", name="开始上传").click()
        answered(page)
        return {"recording_id": recording_id}

    # ---- steps

    def _gates_judge(
        self, who: str, task_id: str, requirement: str, reason: str, *, needed: bool
    ) -> Result:
        page = self.go(who, f"/tasks/{task_id}")
        form = page.locator(f"form[action$='/judgements']:has([value='{requirement}'])")
        unfold(form)
        form.locator("[name=reason]").fill(reason)
        send(page, form.locator(f"button[value={'yes' if needed else 'no'}]"))
        return {}

    def _tasks_claim(self, who: str, task_id: str) -> Result:
        page = self.go(who, f"/tasks/{task_id}")
        send(page, page.get_by_role("button", name="签收"))
        return {"task_id": task_id}

    def _tasks_complete(
        self,
        who: str,
        task_id: str,
        outcome: str | None = None,
        inputs: Mapping[str, Any] | None = None,
        opinion: str = "",
    ) -> Result:
        page = self.go(who, f"/tasks/{task_id}")
        for name, value in (inputs or {}).items():
            fill(page, "#work-form", f"in.{name}", value)
        if opinion:
            page.fill("#opinion", opinion)
        ending = f"[value='{outcome}']" if outcome else ""
        button = page.locator(f".finish button{ending}")
        if not button.count():
            raise Shown("not_yours", {"task": task_id})
        if inputs:
            self._settle(page)
        if button.is_disabled():
            reasons = page.locator(".finish").inner_text()
            self.shut.append((self._element_of(task_id), reasons))
            # A page may be out of date; the server refuses for itself.
            button.evaluate("(button) => { button.disabled = false; }")
        # Who has written an opinion reads it again before confirming: meanwhile the
        # page has asked its gate, and the button is another one.
        send(page, button, hesitate=bool(opinion and not inputs))
        # The case comes with its map: drawn for the pictures, not after each step.
        page.goto("about:blank")
        return {"task_id": task_id}

    def _settle(self, page: Page) -> None:
        """Leave the last field, and wait until the page has asked its gate again."""
        with page.expect_response(CHECK):
            page.locator("#work-form").dispatch_event("change")
        page.wait_for_timeout(A_MOMENT)

    # ---- recusals

    def _recusals_challenge(self, who: str, case_id: str, **told: Any) -> Result:
        page = self.go(who, f"/cases/{case_id}")
        page.get_by_role("link", name="申请回避").click()
        for name, value in told.items():
            fill(page, "#challenge form", name, value)
        send(page, page.get_by_role("button", name="登记回避申请"))
        newest = page.locator("#recusals li").last.get_attribute("id") or ""
        return {"recusal_id": newest.removeprefix("recusal-")}

    def _recusals_decide(
        self,
        who: str,
        recusal_id: str,
        reason: str,
        replacement: str | None = None,
        *,
        granted: bool,
    ) -> Result:
        page = self.go(who, "/decisions")
        page.locator(f"a[href$='recusal-{recusal_id}']").click()
        row = page.locator(f"#recusal-{recusal_id}")
        unfold(row.locator("form"))
        row.locator(f"label[for^='granted-{'yes' if granted else 'no'}']").click()
        row.locator("[name=reason]").fill(reason)
        if replacement is not None:
            row.locator("[name=replacement]").select_option(replacement)
        send(page, row.get_by_role("button", name="作出决定"))
        return {"recusal_id": recusal_id}

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not EXPECTED.search(text):
            self.said.append(text)

    def _element_of(self, task_id: str) -> str:
        with self.app.app_context():
            return database.session().get_one(Task, UUID(task_id)).element

    def _case_of_recording(self, recording_id: str) -> str:
        with self.app.app_context():
            row = database.session().get_one(Recording, UUID(recording_id))
            return str(row.case_id)


#: Send a form that the page does not offer.
FORGE = """([action, code]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  for (const [name, value] of [['code', code],
      ['csrf_token', document.querySelector('[name=csrf_token]').value]]) {
    form.append(Object.assign(document.createElement('input'), { name, value }));
  }
  document.body.append(form);
  form.submit();
}"""
