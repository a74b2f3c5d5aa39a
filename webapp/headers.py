"""The headers that keep a browser from doing what we did not ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, request

if TYPE_CHECKING:
    from webapp.config import Settings

#: Everything comes from us; nothing is framed, guessed or run from a string.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; "
    "img-src 'self' data: blob:; "
    "media-src 'self' blob:; "
    "font-src 'self' data:; "
    "style-src 'self'; "
    "script-src 'self'; "
    "connect-src 'self'; "
    "worker-src 'self'; "
    "object-src 'none'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self)",
}

#: What browsers remember about https: one year.
TRANSPORT = "max-age=31536000; includeSubDomains"


def register(app: Flask, settings: Settings) -> None:
    """Put the headers on every response of *app*."""

    def protect(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if settings.has_secure_cookies:
            response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
        if request.endpoint != "static":
            # Case pages must not be found in a shared browser's cache.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(protect)
