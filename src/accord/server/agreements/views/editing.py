from django.http import HttpRequest, HttpResponse


def new_draft(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def draft(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def form(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def check(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def history(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def restore(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def discard(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
