"""Every address of the server, by room; who may use each stands in `access.py`."""

from django.urls import include, path

from accord.server.look.views import health, home, set_language, set_theme

urlpatterns = [
    path("", home, name="home"),
    path("health", health, name="health"),
    path("language", set_language, name="set_language"),
    path("theme", set_theme, name="set_theme"),
    path("", include("accord.server.score.urls")),
    path("", include("accord.server.book.urls")),
    path("", include("accord.server.rituals.urls")),
    path("", include("accord.server.replay.urls")),
    path("", include("accord.server.desk.urls")),
    path("", include("accord.server.queue.urls")),
    path("", include("accord.server.boards.urls")),
    path("", include("accord.server.routing.urls")),
    path("", include("accord.server.qualify.urls")),
    path("", include("accord.server.intake.urls")),
    path("", include("accord.server.alerts.urls")),
    path("", include("accord.server.agreements.urls")),
    path("", include("accord.server.people.urls")),
    path("", include("accord.server.audit.urls")),
    path("", include("accord.server.mail.urls")),
    path("", include("accord.server.running.urls")),
    path("", include("accord.server.api.urls")),
]
handler404 = "accord.server.look.views.not_found"
handler403 = "accord.server.look.views.forbidden"
handler400 = "accord.server.look.views.bad_request"
handler429 = "accord.server.look.views.too_many"  # asked by allauth
handler500 = "accord.server.look.views.broken"
