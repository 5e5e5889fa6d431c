"""Addresses of the room."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
