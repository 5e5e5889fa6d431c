from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "accord.server.agreements"
    label = "agreements"
