from django.apps import AppConfig


class RitualsConfig(AppConfig):
    name = "accord.server.rituals"
    label = "rituals"
