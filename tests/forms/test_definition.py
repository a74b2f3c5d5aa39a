"""Strict reading of form.toml, and the registry of folders."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NotFound
from forms import registry
from forms.definition import load, parse
from forms.elements import MalformedForm
from forms.registry import discover

GOOD: dict[str, Any] = {
    "code": "trial",
    "zh": "试用文书",
    "en": "Trial",
    "number": "none",
    "seal": "none",
    "served": "internal",
    "volume": "main",
    "signatory": [{"role": "handler"}],
    "section": [
        {
            "zh": "一",
            "en": "One",
            "field": [
                {"name": "x", "type": "text", "label": {"zh": "甲", "en": "A"}},
                {"name": "d", "type": "date", "label": {"zh": "日", "en": "Day"}},
            ],
        }
    ],
}

TOML = """code = "{code}"
zh = "试用文书"
en = "Trial"
number = "none"
seal = "none"
served = "internal"
volume = "main"
[[section]]
zh = "一"
en = "One"
[[section.field]]
name = "x"
type = "text"
label = {{ zh = "甲", en = "A" }}
"""


def broken(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return the good definition with one value replaced."""
    tables = copy.deepcopy(GOOD)
    place: Any = tables
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return tables


X = ("section", 0, "field", 0)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("color",), "red", "form: unknown key 'color'"),
        (("zh",), "", "form: zh is missing"),
        (("zh",), 5, "form.zh: expected str"),
        (("number",), "many", "number: 'many' is not one of"),
        (("section",), [], "section is missing"),
        (("section", 0, "field"), [], "section[0]: field is missing"),
        ((*X, "type"), "novel", "unknown type 'novel'"),
        ((*X, "name"), "partyName", "a name is written in small_letters"),
        ((*X, "name"), "d", "section: a field name is repeated"),
        ((*X, "name"), "title", "'title' is a variable of every template"),
        ((*X, "requird"), True, "unknown key 'requird'"),
        ((*X, "required"), "yes", "expected bool"),
        ((*X, "min_length"), True, "expected int"),
        ((*X, "label"), {"zh": "甲"}, "en is missing"),
        ((*X, "choices"), [{"value": "a", "zh": "a", "en": "a"}], "choices belong"),
        ((*X, "columns"), [], "columns belong to a table"),
        ((*X, "must_be"), True, "must_be belongs to a boolean"),
        ((*X, "requires"), ["address"], "unknown part 'address'"),
        ((*X, "cites"), ["a", "a"], "a word is repeated"),
        ((*X, "after"), "nowhere", "no field 'nowhere'"),
        ((*X, "after"), "d", "cannot follow 'd'"),
        (X, {"block": "novel"}, "unknown block 'novel'"),
        (("signatory",), [{"role": "neighbor"}], "unknown role 'neighbor'"),
        (("signatory",), [{"role": "party", "count": 0}], "count is at least 1"),
        (("signatory",), [{"role": "party", "forms": ["x"]}], "unknown form"),
        (("signatory",), [{"role": "party", "each": "x"}], "unknown capacity"),
        (("signatory",), [{"role": "party"}] * 2, "a word is repeated"),
    ],
)
def test_a_broken_definition_says_where(
    path: tuple[Any, ...], value: Any, reason: str
) -> None:
    """Each refusal names the file and what is wrong in it."""
    with pytest.raises(MalformedForm) as refusal:
        parse(broken(path, value), file="trial/form.toml")

    assert refusal.value.file == "trial/form.toml"
    assert reason in refusal.value.reason


def test_a_good_definition_is_read() -> None:
    """What the parametrized refusals break is whole."""
    definition = parse(GOOD, file="trial/form.toml")

    assert [element.name for element in definition.fields] == ["x", "d"]
    assert definition.variables() >= {"x", "d", "signatures", "agency"}
    assert definition.schema() is definition.schema()


def test_a_folder_is_named_for_its_code(tmp_path: Path) -> None:
    """A definition that sits in another folder is refused."""
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "form.toml").write_text(TOML.format(code="other"), "utf-8")

    with pytest.raises(MalformedForm) as refusal:
        load(folder)

    assert refusal.value.reason == "code 'other' is not the name of the folder"


def test_a_code_stands_once(tmp_path: Path) -> None:
    """Two folders of one code cannot both be the document type."""
    for parent in ("a", "b"):
        folder = tmp_path / parent / "trial"
        folder.mkdir(parents=True)
        (folder / "form.toml").write_text(TOML.format(code="trial"), "utf-8")

    with pytest.raises(MalformedForm) as refusal:
        discover(tmp_path)

    assert "stands twice" in refusal.value.reason


def test_a_missing_or_unreadable_file_is_refused(tmp_path: Path) -> None:
    """The reason tells a missing file from one that is no TOML."""
    folder = tmp_path / "trial"
    folder.mkdir()
    with pytest.raises(MalformedForm, match="missing"):
        load(folder)
    (folder / "form.toml").write_text("code = ", "utf-8")

    with pytest.raises(MalformedForm, match="trial"):
        load(folder)


def test_the_digest_follows_form_and_paper(tmp_path: Path) -> None:
    """A changed template is a changed document type."""
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "form.toml").write_text(TOML.format(code="trial"), "utf-8")
    before = load(folder).digest
    (folder / "template.docx").write_bytes(b"paper")

    assert load(folder).digest != before


def test_titles_follow_the_issuer() -> None:
    """An issuer may call the same document by another name."""
    definition = registry.get("onsite_record")

    assert definition.title() == "现场笔录"
    assert definition.title("dalian_jinpu") == "现场检查（勘验）笔录"


def test_an_unknown_code_is_not_found() -> None:
    """The registry refuses what no folder has."""
    with pytest.raises(NotFound):
        registry.get("love_letter")
