from django.apps import AppConfig


class RunningConfig(AppConfig):
    name = "accord.server.running"
    label = "running"
