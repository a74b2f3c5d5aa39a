"""The application that a web server loads."""

from __future__ import annotations

from webapp import create_app, memory

app = create_app()
memory.settle()
