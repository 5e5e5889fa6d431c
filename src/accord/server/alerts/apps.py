from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "accord.server.alerts"
    label = "alerts"
