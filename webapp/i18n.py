"""Gettext for sentences, the glossary for words; both in the reader's language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context, session
from flask_babel import Babel, get_locale
from flask_babel import gettext as _gettext

from engine.errors import CaseError
from forms import registry
from webapp import rulebook
from webapp.auth.current import current_person
from webapp.config import LOCALES, Settings
from webapp.library import clause_of
from webapp.steps import step_names

#: Legal days and the clock on the wall are Shanghai's.
ZONE = ZoneInfo("Asia/Shanghai")
PROCESSES = Path(__file__).parent.parent / "processes"
GLOSSARY = PROCESSES / "glossary.toml"
ACTIVITIES = PROCESSES / "activities.toml"
#: Facts whose codes are phrases in the catalogue, and how those keys begin.
PHRASES = {"guard": "guard", "reason": "reason", "kind": "reason", "mend": "mend"}
PHRASES["construct"] = "construct"
#: Facts that name steps by the ids of their elements.
STEPS = frozenset({"task", "steps", "step", "bar", "next"})
#: Facts whose codes have words of their own, though a document may have the same.
OWN_WORDS = {"deadline": "deadline", "ground": "deduction", "grounds": "deduction"}
#: What stands where a fact is not known.
NOTHING = "—"


def register(app: Flask, settings: Settings) -> None:
    """Let *app* speak the reader's language."""
    app.config["BABEL_DEFAULT_LOCALE"] = settings.locale
    app.config["BABEL_DEFAULT_TIMEZONE"] = ZONE.key
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"

    def choose() -> str:
        return _chosen() or settings.locale

    Babel(app, locale_selector=choose)
    app.add_template_global(word)
    app.add_template_global(phrase)
    app.add_template_global(locale)
    app.add_template_filter(spoken)


def _chosen() -> str | None:
    """Return the locale of this session, or of the person signed in."""
    if not has_request_context():
        return None
    if session.get("locale") in LOCALES:
        found: str = session["locale"]
        return found
    person = current_person()
    return person.locale if person is not None and person.locale in LOCALES else None


def locale() -> str:
    """Return the code of the reader's language."""
    return str(get_locale() or LOCALES[0])


def gettext(message: str, **facts: Any) -> str:
    """Return *message* in the reader's language, with *facts* put in."""
    translated: str = _gettext(message, **facts)
    return translated


_ = gettext


def sentence(error: CaseError) -> str:
    """Return what was refused and the way out, for the reader."""
    given = error.facts()
    facts = {name: _fact(name, value) for name, value in given.items()}
    if given.get("drawn"):
        facts["deadline"] = str(given["drawn"])
    message = f"refusal.{error.code}"
    return _(message, **facts)


def obstacle(facts: Mapping[str, Any]) -> str:
    """Return what keeps a running case from another version, and the way out."""
    element = str(facts.get("element", ""))
    step = step_of(element, str(facts.get("name") or ""))
    message = f"obstacle.{facts['reason']}"
    said = _(message, step=step)
    return _("obstacle.refused") if said == message else said


def step_of(element: str, name: str = "") -> str:
    """Return what a step is called; *name* as it is drawn, if it is not shipped."""
    known = step_names().get(element)
    if known is not None:
        return known[_short()]
    return name or name_of(element) or element


def _fact(name: str, value: Any) -> str:
    """Return one fact of a refusal; steps, reasons and guards have their own words."""
    if name == "obstacles":
        return joined(obstacle(each) for each in value)
    if name in STEPS:
        given = [value] if isinstance(value, str) else value or []
        return comma().join(_step(each) for each in given) or NOTHING
    if name in OWN_WORDS:
        given = [value] if isinstance(value, str) else value or []
        return comma().join(_own_word(OWN_WORDS[name], each) for each in given)
    if name in PHRASES and isinstance(value, str):
        found = phrase(PHRASES[name], value)
        return spoken(value) if found == value else found
    return spoken(value)


def phrase(kind: str, code: str) -> str:
    """Return the phrase for a ``reason`` or ``guard``; the code when it has none."""
    message = f"{kind}.{code}"
    found = _(message)
    return code if found == message else found


def finding(facts: Mapping[str, Any]) -> str:
    """Return element, reason and mend of what the lint has found."""
    message = f"lint.{facts['rule']}"
    said = {name: _fact(name, value) for name, value in facts.items()}
    return _(
        "finding.line",
        element=facts["element"],
        reason=_(message, **said),
        mend=phrase("mend", str(facts["mend"])),
    )


def spoken(value: Any) -> str:
    """Return a fact as people say it: local times, words instead of codes."""
    if isinstance(value, datetime):
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dict):
        return _record(value)
    if isinstance(value, list | tuple | set | frozenset):
        return comma().join(spoken(item) for item in value) or NOTHING
    if isinstance(value, str):
        return name_of(value) or NOTHING
    return NOTHING if value is None else str(value)


def _record(facts: dict[str, Any]) -> str:
    """Return a gate line as its records and clauses, a clock by its end, or all."""
    if {"rule", "mend"} <= set(facts):
        return finding(facts)
    if set(facts) == {"code"}:
        return phrase("reason", str(facts["code"]))
    if {"code", "due_at"} <= set(facts):
        called = facts.get("drawn") or word(facts["code"], "deadline")
        return f"{called} ({spoken(facts['due_at'])})"
    if "codes" in facts:
        names = " / ".join(name_of(code) for code in facts["codes"])
        cites = comma().join(name_of(cite) for cite in facts.get("cites", ()))
        return f"{names} ({cites})" if cites else names
    parts = (
        f"{name_of(str(name))}: {_said(item)}"
        for name, item in facts.items()
        if item not in (None, "", [], {})
    )
    return comma().join(parts)


def _said(item: Any) -> str:
    if isinstance(item, list):
        return comma().join(_said(one) for one in item)
    if isinstance(item, str) and (found := phrase("reason", item)) != item:
        return found
    return spoken(item)


def name_of(code: str) -> str:
    """Return a code's word, document, step or clause; the code when it has none."""
    paper = _documents().get(code)
    if paper is not None:
        return paper[_short()]
    found = word(code)
    if found != code:
        return found
    known = _steps().get(code)
    if known is not None:
        return known[_short()]
    clause = clause_of(code)
    return code if clause is None else clause.short


def _own_word(kind: str, code: str) -> str:
    found = word(code, kind)
    return spoken(code) if found == code else found


def _step(element: str) -> str:
    """Return what a step is called; a document is signed at none."""
    known = step_names().get(element)
    return name_of(element) if known is None else known[_short()]


def _short() -> str:
    return "en" if locale() == "en" else "zh"


def joined(sentences: Iterable[str]) -> str:
    """Return whole sentences one after the other."""
    return (" " if locale() == "en" else "").join(sentences)


def comma() -> str:
    """Return what stands between the items of a list."""
    return ", " if locale() == "en" else "、"


def word(code: str, kind: str | None = None, *, issuer: str | None = None) -> str:
    """Return the glossary's word for *code*; the code itself when it has none.

    An authority that the glossary does not know is called as its rule pack says.

    Args:
        code: a value of the vocabulary, such as ``claimed``.
        kind: the glossary's table, such as ``task_status``; None: any.
        issuer: whose own label is preferred, such as ``qingyuan``.
    """
    labels = _labels(code, kind)
    if locale() == "en":
        return str(labels.get("en", code))
    chinese = labels.get("zh", code)
    if isinstance(chinese, dict):
        return str(chinese.get(issuer or "", chinese.get("default", code)))
    return str(labels.get(f"zh_{issuer}", chinese))


def _labels(code: str, kind: str | None) -> dict[str, Any]:
    glossary = _glossary()
    tables = [glossary.get(kind, {})] if kind else list(glossary.values())
    for table in tables:
        if isinstance(table, dict) and isinstance(table.get(code), dict):
            found: dict[str, Any] = table[code]
            return found
    pack = rulebook.packs().get(code) if kind == "issuer" else None
    return {} if pack is None else {"zh": pack.name, "en": pack.name}


@cache
def _documents() -> dict[str, dict[str, str]]:
    """Return the titles of all documents by their codes."""
    return {each.code: {"zh": each.zh, "en": each.en} for each in registry.all()}


@cache
def _steps() -> dict[str, dict[str, str]]:
    """Return the names of steps by the last part of their activities' codes."""
    if not ACTIVITIES.is_file():
        return {}
    told = tomllib.loads(ACTIVITIES.read_text("utf-8"))["activity"]
    return {code.rsplit(".", 1)[-1]: each for code, each in told.items()}


@cache
def _glossary() -> dict[str, Any]:
    if not GLOSSARY.is_file():
        return {}
    return tomllib.loads(GLOSSARY.read_text("utf-8"))
