from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "accord.server.people"
    label = "people"
