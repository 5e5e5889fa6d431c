from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "accord.server.routing"
    label = "routing"
