from django.http import HttpRequest, HttpResponse


def tokens(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def revoke(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
