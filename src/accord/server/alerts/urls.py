"""Who is told what and when: addresses."""

from django.urls import path

from accord.server.alerts import views

urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/test", views.alert_test, name="alert-test"),
    path("alerts/chats/", views.channels, name="alert-channels"),
    path("alerts/chats/<int:pk>/", views.channel, name="alert-channel"),
    path("alerts/chats/<int:pk>/test", views.channel_test, name="alert-channel-test"),
    path("alerts/chats/<int:pk>/remove", views.channel_remove, name="alert-channel-remove"),
]
