"""What is said: both catalogues whole, compiled, and with the right blanks."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from webapp.config import LOCALES

ROOT = Path(__file__).parents[3]
HERE = ROOT / "webapp" / "translations"
BLANK = re.compile(r"%\((\w+)\)s")
GUARD = re.compile(r'<rec:guard code="(\w+)"')
CHINESE = re.compile("[\u3400-\u9fff]")
#: A large folder without sentences.
SILENT = ROOT / "webapp" / "frontend"


def _catalogue(locale, kind="po"):
    path = HERE / locale / "LC_MESSAGES" / f"messages.{kind}"
    with path.open("rb") as file:
        return read_po(file) if kind == "po" else read_mo(file)


def _said():
    """Return every message of templates, pages and refusals, as pybabel finds them."""
    told = tomllib.loads((HERE / "babel.toml").read_text("utf-8"))
    methods, options = [], {}
    for each in told["mappings"]:
        method, found = each.pop("method"), each.pop("pattern")
        for pattern in found if isinstance(found, list) else [found]:
            methods.append((pattern, told["extractors"].get(method, method)))
            options[pattern] = each
    rows = extract_from_dir(
        ROOT,
        methods,
        options,
        keywords={"_": None},
        directory_filter=_speaks,
    )
    return {message for _file, _line, message, _comments, _context in rows}


def _speaks(folder):
    path = Path(folder)
    top = path.relative_to(ROOT).parts[0]
    return top in {"engine", "forms", "webapp"} and path != SILENT


@pytest.fixture(scope="module")
def said():
    """Return every message that the product may say."""
    return _said()


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_said_is_in_the_catalogue(locale, said):
    """No sentence of a page was forgotten, and none is kept that is gone."""
    known = {m.id for m in _catalogue(locale) if m.id}

    assert sorted(said - known) == []
    assert sorted(known - said) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_guard_has_words(locale):
    """What the law sets for a step is told in a sentence, not by its code."""
    codes = {
        code
        for path in (ROOT / "processes").rglob("*.bpmn")
        for code in GUARD.findall(path.read_text("utf-8"))
    }
    told = {m.id for m in _catalogue(locale) if m.id and m.string}

    assert codes
    assert sorted(code for code in codes if f"guard.{code}" not in told) == []


def test_english_is_english():
    """No translation was left in Chinese."""
    left = [m.id for m in _catalogue("en") if m.id and CHINESE.search(str(m.string))]

    assert left == []


@pytest.mark.parametrize("locale", LOCALES)
def test_compiled_catalogues_are_current(locale):
    """What the server reads is what the translators wrote."""
    written = {m.id: m.string for m in _catalogue(locale) if m.id and m.string}
    compiled = {m.id: m.string for m in _catalogue(locale, "mo") if m.id}

    assert compiled == written


@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_is_translated(locale):
    """No page falls back to the other language, or shows a key."""
    silent = [m.id for m in _catalogue(locale) if m.id and not m.string]

    assert silent == []


def test_both_languages_fill_the_same_blanks():
    """A fact that one language tells is not lost in the other."""
    chinese, english = (_catalogue(locale) for locale in LOCALES)
    different = [
        m.id
        for m in chinese
        if m.id and isinstance(m.string, str) and isinstance(m.id, str)
        if set(BLANK.findall(m.string)) != set(BLANK.findall(english[m.id].string))
    ]

    assert different == []
