"""Diagrams, decision tables and expressions: read, checked, made canonical."""

from __future__ import annotations
