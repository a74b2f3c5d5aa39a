"""Scenarios: files that say who does what when, and what must come of it."""

from __future__ import annotations
