"""The object store that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, current_app

from storage.objects.local import LocalStore
from storage.objects.memory import MemoryStore

if TYPE_CHECKING:
    from storage.objects import ObjectStore
    from webapp.config import Settings


def make_store(settings: Settings) -> ObjectStore:
    """Return the store that *settings* name."""
    if settings.object_store == "memory":
        return MemoryStore()
    if settings.object_store == "local":
        return LocalStore(settings.object_dir)
    from storage.objects.s3 import S3Store  # noqa: PLC0415 - boto3 takes 0.3 s to load

    return S3Store(
        bucket=settings.s3_bucket,
        endpoint=settings.s3_endpoint or None,
        region=settings.s3_region,
        key=settings.s3_access_key,
        secret=settings.s3_secret_key,
    )


def register(app: Flask, settings: Settings) -> None:
    """Give *app* its object store."""
    app.extensions["objects"] = make_store(settings)


def objects() -> ObjectStore:
    """Return the object store of the current application."""
    found: ObjectStore = current_app.extensions["objects"]
    return found
