from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "accord.server.api"
    label = "api"
