"""Tokens, and the API itself under `/api/v1`."""

from django.urls import include, path

from accord.server.api import views
from accord.server.api.building import API, NAMESPACE, ROOT, patterns

urlpatterns = [
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke", views.revoke, name="token-revoke"),
    path(f"{ROOT}docs", views.docs, name="api-docs"),
    path(ROOT, include((patterns(API), NAMESPACE), namespace=NAMESPACE)),
]
