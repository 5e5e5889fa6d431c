from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "accord.server.intake"
    label = "intake"
