from django.http import HttpRequest, HttpResponse


def people(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def invite(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def withdraw_invitation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def person(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def switch(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def add_absence(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def remove_absence(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def join(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError


def profile(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
