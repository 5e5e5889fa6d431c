from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "accord.server.mail"
    label = "mail"
