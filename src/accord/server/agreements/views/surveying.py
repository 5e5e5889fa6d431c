from django.http import HttpRequest, HttpResponse


def survey(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def open_survey(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def close_survey(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
