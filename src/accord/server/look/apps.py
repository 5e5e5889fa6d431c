from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "accord.server.look"
    label = "look"
