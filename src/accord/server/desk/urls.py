"""Who prospects are: what is known of one person, and people who may be one."""

from django.urls import path

from accord.server.desk.views import alike, personal

urlpatterns = [
    path("personal/<str:key>/", personal.personal, name="personal"),
    path("personal/<str:key>/export", personal.export, name="personal-export"),
    path("personal/<str:key>/erase", personal.erase, name="personal-erase"),
    path("duplicates/", alike.duplicates, name="duplicates"),
    path("duplicates/<int:pk>/", alike.settle, name="duplicate-settle"),
]
