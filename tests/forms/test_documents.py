"""Every document type is whole: its form, its sample and its paper agree."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from typing import Any

import pytest

from engine.errors import Invalid
from forms.definition import FormDefinition
from forms.elements import Element
from forms.fields import GROUPS, ROWS
from forms.rendering import placeholders, render
from tests.forms.samples import CODES, DEFINITIONS, frozen, paper, sample

EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=CODES)

#: What Jinja, docxtpl or a lost value would leave on paper.
LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bTrue\b|\bFalse\b|Undefined")

#: Terms of earlier law that must not come back.
STALE = re.compile(
    r"(?<!十)三日内[^。]{0,20}(?:听证|陈述|申辩)|三个月内[^。]{0,20}(?:起诉|诉讼)"
)


def test_every_document_type_is_there() -> None:
    """Nothing that the first release names is missing."""
    assert len(CODES) >= 91


@EACH
def test_the_sample_is_accepted(definition: FormDefinition) -> None:
    """A sample satisfies its own form, and reading it again changes nothing."""
    accepted = definition.load(sample(definition)["fields"])

    assert definition.load(accepted) == accepted


@EACH
def test_the_paper_asks_for_what_the_form_asks(definition: FormDefinition) -> None:
    """Each field is printed, and nothing is printed that the form does not ask."""
    names = {element.name for element in definition.fields}
    for issuer in (None, *definition.issuers()):
        asked = placeholders(definition, issuer)

        assert names - asked == frozenset()
        assert asked - definition.variables() == frozenset()


@EACH
def test_who_must_sign_has_a_place_on_the_paper(definition: FormDefinition) -> None:
    """Each signatory but the agency, whose seal is put by hand, is printed."""
    template = _text_of_parts(definition.template().read_bytes())

    for signatory in definition.signatories:
        if signatory.role != "agency":
            assert re.search(rf"signatures\.{signatory.role}\b", template)


@EACH
def test_the_sample_prints(definition: FormDefinition) -> None:
    """The paper of the sample carries its title and no trace of the machinery."""
    fields = definition.load(sample(definition)["fields"])

    _, words = paper(
        definition, fields, signatures=sample(definition).get("signatures", ())
    )

    if "title" in placeholders(definition):
        assert definition.zh in words
    assert LEFTOVERS.findall(words) == []


@EACH
def test_the_same_snapshot_gives_the_same_bytes(definition: FormDefinition) -> None:
    """Printing twice gives one digest."""
    snapshot = frozen(definition, definition.load(sample(definition)["fields"]))

    assert render(definition, snapshot) == render(definition, snapshot)


@EACH
def test_an_empty_form_is_refused_by_code(definition: FormDefinition) -> None:
    """Everything that is asked for without condition is named as required."""
    with pytest.raises(Invalid) as refusal:
        definition.load({})

    expected = {
        element.name
        for element in definition.fields
        if element.required and not element.conditional
    }
    errors = refusal.value.errors

    assert expected <= set(errors)
    assert all(errors[name] == [{"code": "required"}] for name in expected)


@EACH
def test_a_draft_may_be_anything_less(definition: FormDefinition) -> None:
    """Each single answer of the sample can be kept alone, and so can none."""
    whole = definition.load(sample(definition)["fields"])

    assert definition.draft({}) == ({}, {})
    for name, value in whole.items():
        assert definition.draft({name: value}) == ({name: value}, {})


@EACH
def test_a_draft_prints_without_its_optional_parts(definition: FormDefinition) -> None:
    """Paper can be previewed at any moment: what is unknown stays blank."""
    _, words = paper(definition, {})

    assert LEFTOVERS.findall(words) == []


def _only_required(elements: Any, answers: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for element in elements:
        value = answers.get(element.name)
        if value is None or not (element.required or element.conditional):
            continue
        if element.type in GROUPS:
            value = _only_required(element.columns, value)
        elif element.type in ROWS:
            value = [_only_required(element.columns, row) for row in value]
        kept[element.name] = value
    return kept


@EACH
def test_only_what_is_required_still_prints(definition: FormDefinition) -> None:
    """Optional answers may be missing from a finished document."""
    whole = definition.load(sample(definition)["fields"])
    least = definition.load(_only_required(definition.fields, whole))

    _, words = paper(definition, least)

    assert LEFTOVERS.findall(words) == []


def _stretched(element: Element, value: Any) -> Any:
    if element.type in {"text", "textarea"} and isinstance(value, str):
        return ("甲<&乙" * 60)[: element.max_length or 240]
    if element.type in GROUPS:
        columns = {c.name: c for c in element.columns}
        return {k: _stretched(columns[k], v) for k, v in value.items()}
    if element.type in ROWS and element.type not in {"officers", "persons"}:
        columns = {c.name: c for c in element.columns}
        rows = [{k: _stretched(columns[k], v) for k, v in row.items()} for row in value]
        return (rows * 60)[: element.max_items or 60]
    return value


@EACH
def test_long_names_and_many_rows_print_whole(definition: FormDefinition) -> None:
    """Nothing is cut off, and a name with markup in it stays a name."""
    whole = definition.load(sample(definition)["fields"])
    by_name = {element.name: element for element in definition.fields}
    long = definition.load(
        {name: _stretched(by_name[name], value) for name, value in whole.items()}
    )

    _, words = paper(definition, long)

    assert LEFTOVERS.findall(words) == []
    assert words.count("甲<&乙") >= 10


@EACH
def test_the_json_schema_names_every_field(definition: FormDefinition) -> None:
    """Programs are told of the same fields as people."""
    schema = definition.json_schema()

    assert list(schema["properties"]) == [e.name for e in definition.fields]
    assert schema["additionalProperties"] is False


@EACH
def test_no_term_of_earlier_law_is_printed(definition: FormDefinition) -> None:
    """Five working days, sixty days and six months: never the old terms."""
    _, words = paper(definition, definition.load(sample(definition)["fields"]))

    assert STALE.findall(words) == []


@EACH
def test_the_folder_holds_nothing_else(definition: FormDefinition) -> None:
    """A document type is form.toml, sample.json and its templates."""
    assert definition.folder is not None
    names = {path.name for path in definition.folder.iterdir()}
    papers = {name for name in names if re.fullmatch(r"template(\.\w+)?\.docx", name)}

    assert names - papers == {"form.toml", "sample.json"}
    assert "template.docx" in papers


@EACH
def test_every_paper_sets_its_fonts(definition: FormDefinition) -> None:
    """Chinese and Latin fonts are named, so that no reader chooses its own."""
    content, _ = paper(definition, {})
    styles = _member(content, "word/styles.xml")

    assert 'w:eastAsia="仿宋_GB2312"' in styles
    assert "Theme=" not in "".join(re.findall(r"<w:rFonts[^>]*>", styles))


def _member(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode("utf-8")


def _text_of_parts(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(
            archive.read(name).decode("utf-8")
            for name in archive.namelist()
            if name.startswith("word/") and name.endswith(".xml")
        )


@EACH
def test_it_is_served_as_its_seal_allows(definition: FormDefinition) -> None:
    """What goes out with proof of service bears the agency's seal."""
    if definition.served == "proof":
        assert definition.seal == "agency"
    if definition.seal == "agency":
        roles = {signatory.role for signatory in definition.signatories}

        assert "agency" in roles


@EACH
def test_the_definition_reads_as_toml_of_ours(definition: FormDefinition) -> None:
    """form.toml is in UTF-8 without tabs or trailing blanks."""
    assert definition.folder is not None
    raw = (definition.folder / "form.toml").read_text("utf-8")

    assert tomllib.loads(raw)["code"] == definition.code
    assert [line for line in raw.splitlines() if line != line.rstrip()] == []
    assert "\t" not in raw
