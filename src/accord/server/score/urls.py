"""Addresses of the score."""

from django.urls import path

from accord.server.score import views

urlpatterns = [
    path("score/", views.score, name="score"),
    path("score/report/<str:span>", views.report, name="score-report"),
    path("score/refresh", views.refresh, name="score-refresh"),
]
