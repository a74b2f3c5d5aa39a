"""What is said: both catalogues whole, compiled, and with the right blanks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from webapp.config import LOCALES

HERE = Path(__file__).parents[3] / "webapp" / "translations"
BLANK = re.compile(r"%\((\w+)\)s")


def _catalogue(locale, kind="po"):
    path = HERE / locale / "LC_MESSAGES" / f"messages.{kind}"
    with path.open("rb") as file:
        return read_po(file) if kind == "po" else read_mo(file)


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
