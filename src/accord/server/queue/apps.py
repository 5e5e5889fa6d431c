from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "accord.server.queue"
    label = "queue"
