"""Every document type, found by its folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from engine.errors import NotFound
from forms.definition import FormDefinition, load
from forms.elements import MalformedForm

DOCUMENTS = Path(__file__).with_name("documents")


def discover(root: Path) -> dict[str, FormDefinition]:
    """Return the document types below *root* by code.

    Raises:
        MalformedForm: a definition breaks a rule, or a code stands twice.
    """
    found: dict[str, FormDefinition] = {}
    for path in sorted(root.rglob("form.toml")):
        definition = load(path.parent)
        if definition.code in found:
            raise MalformedForm(str(path), f"code {definition.code!r} stands twice")
        found[definition.code] = definition
    return found


@cache
def _shipped() -> dict[str, FormDefinition]:
    return discover(DOCUMENTS)


def all() -> tuple[FormDefinition, ...]:  # noqa: A001 -- registry.all() reads as said
    """Return every document type, ordered by code."""
    return tuple(_shipped().values())


def get(code: str) -> FormDefinition:
    """Return one document type.

    Raises:
        NotFound: no folder has this code.
    """
    try:
        return _shipped()[code]
    except KeyError:
        raise NotFound("document_type", code) from None
