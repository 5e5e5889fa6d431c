"""The outbox, for operators."""

from django.urls import path

from accord.server.mail import views

urlpatterns = [path("outbox/", views.outbox, name="outbox")]
