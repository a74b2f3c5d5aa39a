"""One document type: from its folder to fields, schemas, and docx variables."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from marshmallow import Schema, ValidationError

from engine.errors import Invalid
from forms.blocks import blocks
from forms.elements import Element, MalformedForm, Section, Signatory
from forms.json_schema import json_schema
from forms.schema import Answers, Facts, answers, complaints, holds
from storage.digest import digest, plain, sha256

Number = Literal["none", "serial", "document_number"]
Seal = Literal["none", "agency"]
Served = Literal["internal", "read_and_sign", "hand_over", "proof"]
Volume = Literal["main", "internal"]

#: Variables that every template may use beside the form's own fields.
BLOCK_VARIABLES = frozenset(
    {"agency", "title", "number", "case_number", "cause", "today", "signatures"}
)

TOP_KEYS: dict[str, type] = {
    "code": str,
    "zh": str,
    "en": str,
    "name": dict,
    "number": str,
    "mark": str,
    "seal": str,
    "served": str,
    "volume": str,
    "cites": list,
    "signatory": list,
    "section": list,
}


@dataclass(frozen=True, kw_only=True)
class FormDefinition:
    """A document type: what is asked, who signs, and how it is printed."""

    code: str
    zh: str
    en: str
    names: Mapping[str, str]  #: title by issuer, where it differs
    number: Number
    mark: str | None  #: the word of a 文号 that tells the kind of document
    seal: Seal
    served: Served
    volume: Volume
    cites: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    sections: tuple[Section, ...]
    digest: str  #: of the definition and of every template beside it
    folder: Path | None = field(default=None, compare=False)

    @property
    def fields(self) -> tuple[Element, ...]:
        """Every field in the order of the sections."""
        return tuple(element for section in self.sections for element in section.fields)

    def title(self, issuer: str | None = None) -> str:
        """Return the Chinese title as *issuer* words it."""
        return self.names.get(issuer or "", self.zh)

    def template(self, issuer: str | None = None) -> Path:
        """Return the paper of *issuer*, else the common one.

        Raises:
            MalformedForm: there is no template.
        """
        folder = self.folder or Path()
        for name in (f"template.{issuer}.docx", "template.docx"):
            if (folder / name).is_file():
                return folder / name
        raise MalformedForm(self.code, "template.docx is missing")

    def issuers(self) -> tuple[str, ...]:
        """Return the issuers that have paper of their own."""
        papers = sorted(self.folder.glob("template.*.docx")) if self.folder else []
        return tuple(paper.name.split(".")[1] for paper in papers)

    def variables(self) -> frozenset[str]:
        """Return the names that a template may use."""
        return BLOCK_VARIABLES | {element.name for element in self.fields}

    def signatories_for(
        self, answers: Mapping[str, Any], *, facts: Mapping[str, Any] | None = None
    ) -> tuple[Signatory, ...]:
        """Return who must sign a document that holds *answers*."""
        return tuple(
            signatory
            for signatory in self.signatories
            if holds(signatory.show_if, answers, facts or {})
        )

    def schema(self) -> Schema:
        """Return the schema that a finished document must satisfy."""
        return self._schemas[0]

    def partial_schema(self) -> Schema:
        """Return the schema of a draft: what is there must read, nothing must be."""
        return self._schemas[1]

    @cached_property
    def _schemas(self) -> tuple[Answers, Answers]:
        whole, draft = (answers(self.fields, draft=d) for d in (False, True))
        return whole(), draft()

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of what the form holds."""
        return json_schema(self.fields, title=self.zh)

    def load(
        self, entered: Mapping[str, Any], *, facts: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return what was entered, checked and in JSON's own types.

        Raises:
            Invalid: something is missing or cannot be accepted.
        """
        accepted, errors = _load(self.schema(), entered, facts or {})
        if errors:
            raise Invalid(errors)
        return accepted

    def draft(
        self, entered: Mapping[str, Any], *, facts: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what can be kept of a draft, and what is wrong with the rest."""
        return _load(self.partial_schema(), entered, facts or {})


def _load(
    schema: Schema, entered: Mapping[str, Any], facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    with Facts(facts):
        try:
            return plain(schema.load(dict(entered))), {}
        except ValidationError as error:
            valid = error.valid_data
            kept = dict(valid) if isinstance(valid, Mapping) else {}
            wrong = complaints(error.messages)
            # A composite with one wrong part is kept as far as it could be read.
            return plain(kept), wrong


def load(folder: Path) -> FormDefinition:
    """Return the document type of *folder*.

    Raises:
        MalformedForm: form.toml is missing or breaks a rule, or names another folder.
    """
    path = folder / "form.toml"
    file = f"{folder.name}/form.toml"
    try:
        content = path.read_bytes()
        tables = tomllib.loads(content.decode("utf-8"))
    except FileNotFoundError:
        raise MalformedForm(file, "the file is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedForm(file, str(error)) from error
    papers = sorted(folder.glob("template*.docx"))
    prints = {paper.name: sha256(paper.read_bytes()) for paper in papers}
    return parse(
        tables,
        file=file,
        folder=folder,
        fingerprint=digest({"form": sha256(content), "templates": prints}),
    )


def parse(
    tables: Mapping[str, Any],
    *,
    file: str,
    folder: Path | None = None,
    fingerprint: str | None = None,
) -> FormDefinition:
    """Return the document type that *tables* describe.

    Raises:
        MalformedForm: a rule of form.toml is broken; the facts say which.
    """
    reader = blocks().reader(file)
    top = reader.table(dict(tables), TOP_KEYS, "form")
    code = reader.need(top, "code", "form")
    if folder is not None and code != folder.name:
        reader.refuse(f"code {code!r} is not the name of the folder")
    names = reader.table(top.get("name", {}), {"zh": dict}, "name").get("zh", {})
    for key, kind in (
        ("number", Number),
        ("seal", Seal),
        ("served", Served),
        ("volume", Volume),
    ):
        if reader.need(top, key, "form") not in get_args(kind):
            reader.refuse(f"{key}: {top[key]!r} is not one of {get_args(kind)}")
    sections = reader.sections(top.get("section"))
    taken = {e.name for s in sections for e in s.fields} & BLOCK_VARIABLES
    if taken:
        reader.refuse(f"section: {min(taken)!r} is a variable of every template")
    return FormDefinition(
        code=code,
        zh=reader.need(top, "zh", "form"),
        en=reader.need(top, "en", "form"),
        names=names,
        number=top["number"],
        mark=top.get("mark"),
        seal=top["seal"],
        served=top["served"],
        volume=top["volume"],
        cites=reader.words(top.get("cites", []), "cites"),
        signatories=reader.signatories(top.get("signatory", [])),
        sections=sections,
        digest=fingerprint or digest(dict(tables)),
        folder=folder,
    )
