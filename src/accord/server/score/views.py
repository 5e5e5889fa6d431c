from django.http import HttpRequest, HttpResponse


def score(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def report(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def refresh(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
