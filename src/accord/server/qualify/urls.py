"""Whether a lead is ready: addresses."""

from django.urls import path

from accord.server.qualify.views import incomplete, rules

urlpatterns = [
    path("incomplete/", incomplete.incomplete, name="incomplete"),
    path("incomplete/<int:pk>/", incomplete.fill, name="incomplete-fill"),
    path("incomplete/<int:pk>/send/", incomplete.send, name="incomplete-send"),
    path("incomplete/<int:pk>/qualify/", incomplete.qualify, name="incomplete-qualify"),
    path("qualification/", rules.qualification, name="qualification"),
]
