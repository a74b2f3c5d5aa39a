"""The sample of each document type, loaded once, and the paper it makes."""

from __future__ import annotations

import io
import json
from typing import Any

from docx import Document

from forms import registry
from forms.definition import FormDefinition
from forms.rendering import render, snapshot

DEFINITIONS = registry.all()
CODES = [definition.code for definition in DEFINITIONS]


def sample(definition: FormDefinition) -> dict[str, Any]:
    """Return what sample.json holds."""
    assert definition.folder is not None
    return json.loads((definition.folder / "sample.json").read_text("utf-8"))


def frozen(
    definition: FormDefinition,
    fields: dict[str, Any],
    issuer: str | None = None,
    signatures: Any = (),
) -> dict[str, Any]:
    """Return the snapshot of *fields* in a case of ours."""
    return snapshot(
        definition,
        fields=fields,
        agency="平顶山市卫生健康委员会",
        number=sample(definition).get("number", ""),
        case_number="平卫医案〔2026〕17号",
        cause="涉嫌未取得《医疗机构执业许可证》擅自开展诊疗活动",
        today=sample(definition).get("today", "2026-03-10"),
        issuer=issuer,
        signatures=signatures,
    )


def paper(
    definition: FormDefinition, fields: dict[str, Any], **more: Any
) -> tuple[bytes, str]:
    """Return the printed document and all of its text."""
    content = render(definition, frozen(definition, fields, **more))
    return content, text(content)


def text(content: bytes) -> str:
    """Return the text of a .docx: body, tables and footers."""
    document = Document(io.BytesIO(content))
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.footer._element, section.header._element]
    paragraphs = [p for part in parts for p in part.iter() if p.tag.endswith("}p")]
    return "\n".join(
        "".join(t.text or "" for t in p.iter() if t.tag.endswith("}t"))
        for p in paragraphs
    )
