"""Addresses of the built browser files, each with its digest."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask, url_for

BUILT = Path(__file__).parent.parent / "static" / "dist"


def register(app: Flask) -> None:
    """Offer `asset()` to the templates of *app*."""
    app.add_template_global(asset)


def asset(name: str) -> str:
    """Return the address of a built file; it changes whenever the file does."""
    digest = _digests().get(name, "")
    return url_for("static", filename=f"dist/{name}", v=digest[:12])


@cache
def _digests() -> dict[str, str]:
    manifest = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    found: dict[str, str] = manifest["outputs"]
    return found
