from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "accord.server.people"
    label = "people"

    def ready(self) -> None:
        from accord.server.people import signals  # noqa: F401, PLC0415 - connects what signing in leaves behind
