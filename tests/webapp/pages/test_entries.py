"""Forms come back from a browser as their definitions have them."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from forms.elements import Element, Label
from webapp.pages import entries

LABEL = Label(zh="甲", en="A")


def element(name, kind="text", **more):
    """Return one field of a form."""
    return Element(name=name, type=kind, label=LABEL, **more)


ROWS = element("findings", "table", columns=(element("area"), element("fact")))
PARTY = element("party", "party", columns=(element("name"),))


def test_rows_and_groups_keep_their_places():
    """Names with dots become groups and rows; empty rows are left out."""
    form = MultiDict(
        {
            "place": "某路1号",
            "party.name": "某诊所",
            "findings.count": "3",
            "findings.0.area": "治疗室",
            "findings.2.fact": "无照",
        }
    )
    read = entries.read([element("place"), PARTY, ROWS], form, [])

    assert read == {
        "place": "某路1号",
        "party": {"name": "某诊所"},
        "findings": [{"area": "治疗室"}, {"fact": "无照"}],
    }


def test_a_button_adds_and_drops_rows():
    """Rows are changed by plain buttons, so no script is needed."""
    answers = {"findings": [{"area": "甲"}, {"area": "乙"}]}

    assert entries.press([ROWS], answers, "drop:findings:0") == "findings"
    assert answers == {"findings": [{"area": "乙"}]}
    assert entries.press([ROWS], answers, "add:findings") == "findings"
    assert answers == {"findings": [{"area": "乙"}, {}]}


def test_a_button_touches_only_rows():
    """A made-up button name changes nothing."""
    answers = {"place": "某路"}

    assert entries.press([element("place"), ROWS], answers, "drop:place:0") == ""
    assert entries.press([ROWS], answers, "drop:findings:9") == "findings"
    assert answers == {"place": "某路", "findings": []}


def test_complaints_lead_to_their_fields():
    """Nested complaints become a flat list that names each field once."""
    required = [{"code": "required"}]
    errors = {"party": {"name": required}, "findings": {1: {"fact": required}}}
    found = entries.flat([PARTY, ROWS], errors)

    assert [name for name, _labels, _why in found] == [
        "party.name",
        "findings.1.fact",
    ]
