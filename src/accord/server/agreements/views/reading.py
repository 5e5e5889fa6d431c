from django.http import HttpRequest, HttpResponse


def agreement(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def diff(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def verify(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def version(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def download(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def versions(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def drafts(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def number(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
