"""Addresses as they stand in mail and in links that people hand on."""

from django.conf import settings
from django.http import HttpRequest


def full_address(request: HttpRequest, path: str) -> str:
    """`path` with scheme and host: those of ACCORD_URL, else those by which the request came."""
    return f"{settings.ENV.url}{path}" if settings.ENV.url else request.build_absolute_uri(path)
