"""Who gets a lead: addresses."""

from django.urls import path

from accord.server.routing.views import accounts, records, rules, team, unassigned

urlpatterns = [
    path("routing/", rules.page, name="routing"),
    path("routing/change/", rules.change, name="routing-change"),
    path("routing/try/", rules.try_out, name="routing-try"),
    path("routing/records/", records.records, name="routing-records"),
    path("unassigned/", unassigned.page, name="unassigned"),
    path("team/", team.page, name="team"),
    path("team/accounts/", accounts.page, name="accounts"),
    path("team/<int:person>/", team.person, name="team-person"),
    path("team/undo/<int:move>/", team.undo, name="team-undo"),
]
