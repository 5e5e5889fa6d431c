"""The set-up of an empty installation."""

from django.urls import path

from accord.server.running import views

urlpatterns = [path("setup", views.setup, name="setup")]
