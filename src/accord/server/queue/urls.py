"""A rep's day: addresses. A lead's key stands in them as the log has it."""

from django.urls import path

from accord.server.queue.views import acting, card, listing, undoing, working

urlpatterns = [
    path("queue/", working.queue, name="queue"),
    path("queue/list", working.part, name="queue-list"),
    path("queue/acts", working.several, name="queue-acts"),
    path("leads/", listing.leads, name="leads"),
    path("leads/<str:key>/", card.lead, name="lead"),
    path("leads/<str:key>/undo/", undoing.undo, name="lead-undo"),
    path("leads/<str:key>/<slug:act>/", acting.act, name="lead-act"),
]
