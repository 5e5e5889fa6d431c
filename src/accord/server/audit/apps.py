from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "accord.server.audit"
    label = "audit"
