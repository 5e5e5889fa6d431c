from django.apps import AppConfig


class ReplayConfig(AppConfig):
    name = "accord.server.replay"
    label = "replay"
