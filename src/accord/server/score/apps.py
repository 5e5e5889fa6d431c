from django.apps import AppConfig


class ScoreConfig(AppConfig):
    name = "accord.server.score"
    label = "score"
