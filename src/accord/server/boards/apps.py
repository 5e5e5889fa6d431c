from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "accord.server.boards"
    label = "boards"
