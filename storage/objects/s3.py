"""A bucket of any S3 server as a write-once store."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from storage.objects.base import (
    Check,
    Hashing,
    ObjectMissing,
    Stored,
    Tampered,
    verify_stream,
)


class S3Store:
    """Objects in one bucket, staged locally, read back after every write."""

    def __init__(
        self, *, bucket: str, endpoint: str | None, region: str, key: str, secret: str
    ) -> None:
        self.bucket = bucket
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                retries={"mode": "standard"},
                # Some servers keep the checksum trailer inside the object.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, blocks: Iterable[bytes], check: Check | None = None) -> Stored:
        """Keep the bytes durably; the same bytes again change nothing."""
        hashing = Hashing()
        with tempfile.TemporaryFile() as staged:
            for block in blocks:
                hashing.update(block)
                staged.write(block)
            stored = hashing.stored()
            if check is not None:
                staged.seek(0)
                check(staged, stored.size)
            if not self.exists(stored.sha256):
                staged.seek(0)
                self.client.upload_fileobj(staged, self.bucket, stored.sha256)
                if self.verify(stored.sha256) != stored:
                    raise Tampered(stored.sha256)
        return stored

    def open(self, sha256: str) -> IO[bytes]:
        """Open an object for reading; raises ObjectMissing."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=sha256)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise ObjectMissing(sha256) from error
            raise
        body: IO[bytes] = answer["Body"]
        return body

    def exists(self, sha256: str) -> bool:
        """Say whether an object is there."""
        try:
            self.client.head_object(Bucket=self.bucket, Key=sha256)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return False
            raise
        return True

    def verify(self, sha256: str) -> Stored:
        """Read an object again; raises Tampered if a byte differs."""
        return verify_stream(self.open(sha256), sha256)
