"""Addresses of people, and those of signing in that allauth serves."""

from django.urls import include, path

from accord.server.people import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite", views.invite, name="invite"),
    path("people/invitations/<int:pk>/withdraw", views.withdraw_invitation, name="invitation-withdraw"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/switch", views.switch, name="person-switch"),
    path("people/<int:pk>/absences/add", views.add_absence, name="absence-add"),
    path("people/absences/<int:pk>/remove", views.remove_absence, name="absence-remove"),
    path("join/<str:token>", views.join, name="join"),
    path("profile/", views.profile, name="profile"),
    path("account/", include("allauth.urls")),
]
