"""The object store that the settings name."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from flask import Flask, current_app

from storage.objects.local import LocalStore
from storage.objects.memory import MemoryStore

if TYPE_CHECKING:
    from storage.objects import ObjectStore
    from webapp.config import Settings

#: Uploads stop below this share of free disk.
LEAST_FREE = 0.05


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


def has_room(settings: Settings) -> bool:
    """Say whether the disk can take uploads without filling up."""
    if settings.object_store != "local":
        return True
    place = settings.var_dir.absolute()
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    return usage.free > usage.total * LEAST_FREE


def objects() -> ObjectStore:
    """Return the object store of the current application."""
    found: ObjectStore = current_app.extensions["objects"]
    return found
