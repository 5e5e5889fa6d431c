"""The pages about the API: tokens, and what the API can do."""

from django.http import HttpRequest, HttpResponse


def tokens(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    raise NotImplementedError


def docs(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError
