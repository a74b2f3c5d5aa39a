"""Dates, amounts, choices and signatures as the paper shows them."""

from __future__ import annotations

import io
import zipfile

import pytest

from forms import registry
from forms.elements import Choice, Label
from forms.filters import (
    Chosen,
    Slots,
    clauses,
    day,
    day_han,
    minute,
    money,
    opinion,
    people,
    sign,
    signed_on,
    until,
    yuan,
)
from tests.forms.samples import paper, sample


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-09", "二〇二六年三月九日"),
        ("2026-10-10", "二〇二六年十月十日"),
        ("2026-11-20", "二〇二六年十一月二十日"),
        ("2026-12-31", "二〇二六年十二月三十一日"),
        ("", "　　　　年　　月　　日"),
    ],
)
def test_dates_in_characters(value: str, expected: str) -> None:
    """The date of a decision is written in characters, a blank where none is."""
    actual = day_han(value)

    assert actual == expected


def test_dates_in_figures() -> None:
    """Instants are shown in Shanghai's time, a span without repeating its day."""
    start, end = "2026-03-10T06:05:00+00:00", "2026-03-10T15:40:00+08:00"

    assert day("2026-03-09") == "2026年3月9日"
    assert minute(start) == "2026年3月10日14时05分"
    assert until(start, end) == "2026年3月10日14时05分至15时40分"
    assert until(start, "2026-03-11T09:00:00+08:00").endswith("至2026年3月11日9时00分")


def test_amounts_in_characters_and_figures_agree() -> None:
    """Both come from the same fen."""
    assert money(21720000) == "人民币贰拾壹万柒仟贰佰元整（¥217,200.00）"
    assert yuan(21720000) == "217,200元"
    assert yuan(105) == "1.05元"
    assert money("") == ""


def test_a_choice_shows_what_was_not_chosen() -> None:
    """Boxes tell the reader what else was offered."""
    offered = (
        Choice(value="a", label=Label(zh="甲", en="A")),
        Choice(value="b", label=Label(zh="乙", en="B")),
    )
    chosen = Chosen(("b",), offered)

    assert str(chosen) == "乙"
    assert chosen.boxes == "☐甲　☑乙"
    assert chosen == "b"
    assert "a" not in chosen
    assert not Chosen((), offered)


def test_lists_read_as_a_sentence() -> None:
    """Provisions are quoted with their marks, people with their certificates."""
    law = [
        {"law": "行政处罚法", "article": "第五十六条"},
        {"law": "《行政强制法》", "article": "第十八条"},
    ]
    pair = [
        {"id": "1", "name": "周岚", "certificate": "豫D-01"},
        {"id": "2", "name": "何志远", "certificate": ""},
    ]

    assert clauses(law) == "《行政处罚法》第五十六条、《行政强制法》第十八条"
    assert people(pair) == "周岚（豫D-01）、何志远"


def signed(**facts: str) -> dict[str, str]:
    """Return a signature."""
    base = {"name": "郑启明", "kind": "signature", "at": "2026-03-10T15:42:00+08:00"}
    return {**base, **facts}


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        (signed(), "郑启明"),
        (signed(kind="stamp"), "郑启明（盖章）"),
        (signed(kind="fingerprint"), "郑启明（捺印）"),
        (signed(kind="refusal", note="有异议"), "拒签（有异议）"),
        (
            signed(kind="refusal", note="有异议", witness="李秀兰"),
            "拒签（有异议；见证人：李秀兰）",
        ),
    ],
)
def test_a_refusal_stands_where_a_signature_would(
    signature: dict[str, str], expected: str
) -> None:
    """Signature, stamp, fingerprint and refusal fill the same place."""
    slots = Slots((signature,), 1)

    assert sign(slots) == expected
    assert signed_on(slots) == "2026年3月10日"


def test_a_missing_signature_leaves_room() -> None:
    """One of two has signed: the other finds a blank; an opinion is its note."""
    slots = Slots((signed(note="同意。"),), 2)

    assert sign(slots) == "郑启明、　　　　　　"
    assert opinion(slots) == "同意。"
    assert signed_on(Slots((), 1)) == "　　　　年　　月　　日"


def test_a_hearing_paragraph_only_where_there_is_the_right() -> None:
    """The advance notice tells of a hearing exactly when the right exists."""
    definition = registry.get("advance_notice")
    fields = definition.load(sample(definition)["fields"])
    told = "要求听证的权利，可在收到本告知书之日起五个工作日内"

    _, with_right = paper(definition, {**fields, "hearing_right": True})
    _, without = paper(definition, {**fields, "hearing_right": False})

    assert told in with_right
    assert told not in without
    assert "五个工作日内向本机关提出" in without


def test_lines_become_paragraphs_and_markup_stays_text() -> None:
    """Each line of a long answer is a paragraph; what looks like code is printed."""
    definition = registry.get("correction_order")
    fields = definition.load(sample(definition)["fields"])
    fields["facts"] = "第一段{{ agency }}\n第二段<b>&amp;"

    _, words = paper(definition, fields)

    assert "第一段{{ agency }}\n第二段<b>&amp;" in words


def test_the_archive_tells_no_time() -> None:
    """Every member bears the same moment, and the content types come first."""
    definition = registry.get("item_list")
    content, _ = paper(definition, {})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()

    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert members[0].filename == "[Content_Types].xml"
