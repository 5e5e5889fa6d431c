from django.http import HttpRequest, HttpResponse


def withdraw(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def walk(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def sign(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def propose(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
