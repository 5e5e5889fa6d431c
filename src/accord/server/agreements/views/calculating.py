from django.http import HttpRequest, HttpResponse


def calculator(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise NotImplementedError
