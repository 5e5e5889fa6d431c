from django.apps import AppConfig


class BookConfig(AppConfig):
    name = "accord.server.book"
    label = "book"
