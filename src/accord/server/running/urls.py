"""The set-up of an empty installation."""

from django.urls import path

from accord.server.running import views

urlpatterns = [
    path("setup", views.setup, name="setup"),
    path("setup/next", views.setup_next, name="setup-next"),
]
