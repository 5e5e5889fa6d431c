"""The audit's page."""

from django.urls import path

from accord.server.audit import views

urlpatterns = [path("audit/", views.audit, name="audit")]
