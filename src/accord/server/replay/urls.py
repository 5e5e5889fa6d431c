"""Addresses of the replays; who may use each stands in `access.py`."""

from django.urls import path

from accord.server.replay.views import drafts, trying

_DRAFT = "agreements/<str:slug>/drafts/<int:number>/replay"

urlpatterns = [
    path(_DRAFT, drafts.replay, name="replay"),
    path(f"{_DRAFT}/card", drafts.card, name="replay-card"),
    path(f"{_DRAFT}/leads", drafts.leads, name="replay-leads"),
    path(f"{_DRAFT}/leads.csv", drafts.leads_csv, name="replay-csv"),
    path("agreements/<str:slug>/try", trying.trying, name="replay-try"),
]
