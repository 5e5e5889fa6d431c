from django.apps import AppConfig


class QualifyConfig(AppConfig):
    name = "accord.server.qualify"
    label = "qualify"
