from django.http import HttpRequest, HttpResponse


def setup(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
