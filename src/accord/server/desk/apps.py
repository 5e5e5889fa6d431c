from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "accord.server.desk"
    label = "desk"
