"""Where bytes live: write once, named by their digest."""

from __future__ import annotations

from storage.objects.base import ObjectMissing, ObjectStore, Stored, Tampered

__all__ = ["ObjectMissing", "ObjectStore", "Stored", "Tampered"]
