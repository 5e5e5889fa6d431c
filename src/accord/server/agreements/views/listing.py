from django.http import HttpRequest, HttpResponse


def agreements(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
