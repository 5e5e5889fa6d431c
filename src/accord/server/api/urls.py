"""Tokens, and the API itself under `/api/v1`."""

from django.urls import path

from accord.server.api import views

urlpatterns = [
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke", views.revoke, name="token-revoke"),
]
