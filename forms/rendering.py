"""From a frozen snapshot and a template to the paper; same snapshot, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from forms.definition import FormDefinition
from forms.elements import Element
from forms.fields import GROUPS, ROWS
from forms.filters import FILTERS, Chosen, Slots

#: A new paragraph, in docxtpl's terms.
PARAGRAPH = "\a"

#: The only moment that our archives know: the paper's date is in its text.
EPOCH = (1980, 1, 1, 0, 0, 0)


def environment() -> SandboxedEnvironment:
    """Return the Jinja environment of the paper: escaped, strict, sandboxed."""
    jinja = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    jinja.filters.update(FILTERS)
    return jinja


def snapshot(
    definition: FormDefinition,
    *,
    fields: Mapping[str, Any],
    agency: str,
    number: str,
    case_number: str,
    cause: str,
    today: str,
    issuer: str | None = None,
    signatures: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return everything that the paper is printed from, in JSON's own types.

    Each signature holds ``role, name, kind, at, note, witness``; the note is the
    opinion of whoever approves, or the reason of a refusal. *today* is an ISO date.
    """
    return {
        "code": definition.code,
        "form": definition.digest,
        "issuer": issuer,
        "title": definition.title(issuer),
        "agency": agency,
        "number": number,
        "case_number": case_number,
        "cause": cause,
        "today": today,
        "fields": dict(fields),
        "signatures": [dict(row) for row in signatures],
    }


def render(definition: FormDefinition, snapshot: Mapping[str, Any]) -> bytes:
    """Return the .docx of *snapshot*; the same snapshot gives the same bytes."""
    template = DocxTemplate(str(definition.template(snapshot["issuer"])))
    template.render(context(definition, snapshot), environment(), autoescape=True)
    written = io.BytesIO()
    template.save(written)
    return repack(written.getvalue())


def placeholders(
    definition: FormDefinition, issuer: str | None = None
) -> frozenset[str]:
    """Return the variables that the template of *issuer* asks for."""
    template = DocxTemplate(str(definition.template(issuer)))
    return frozenset(template.get_undeclared_template_variables(environment()))


def context(definition: FormDefinition, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of the template; what is not known yet is blank."""
    signed: dict[str, list[Mapping[str, Any]]] = {}
    for row in snapshot["signatures"]:
        signed.setdefault(row["role"], []).append(row)
    slots = {
        signatory.role: Slots(tuple(signed.get(signatory.role, ())), signatory.count)
        for signatory in definition.signatories
    }
    block = {
        key: snapshot[key]
        for key in ("agency", "title", "number", "case_number", "cause", "today")
    }
    return {
        **block,
        "signatures": slots,
        **_group(definition.fields, snapshot["fields"]),
    }


def _group(elements: Sequence[Element], answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        element.name: _printed(element, answers.get(element.name))
        for element in elements
    }


def _printed(element: Element, value: Any) -> Any:
    if element.type == "choice":
        chosen = value if isinstance(value, list) else [value] if value else []
        return Chosen(tuple(chosen), element.choices)
    if element.type in ROWS:
        return [_group(element.columns, row) for row in value or ()]
    if element.type in GROUPS:
        return _group(element.columns, value or {})
    if element.type == "textarea":
        return (value or "").replace("\n", PARAGRAPH)
    return "" if value is None else value


def repack(archive: bytes) -> bytes:
    """Return the same archive without the hour and the machine it was made on."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist(), key=_office_order):
            info = zipfile.ZipInfo(name, date_time=EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            target.writestr(info, source.read(name))
    return packed.getvalue()


def _office_order(name: str) -> tuple[bool, str]:
    # Office wants the list of content types first.
    return name != "[Content_Types].xml", name
