"""Addresses of agreements; who may use each stands in `access.py`."""

from django.urls import path

from accord.server.agreements.views import (
    calculating,
    editing,
    listing,
    proposing,
    reading,
    starting,
    surveying,
)

_FILE = "agreements/<str:slug>/"
_VERSION = f"{_FILE}versions/<str:mark>/"
_DRAFT = f"{_FILE}drafts/<int:number>/"

urlpatterns = [
    path("agreements/", listing.agreements, name="agreements"),
    path("agreements/new", starting.new, name="agreement-new"),
    path(_FILE, reading.agreement, name="agreement"),
    path(f"{_FILE}versions/", reading.versions, name="agreement-versions"),
    path(f"{_FILE}drafts/", reading.drafts, name="agreement-drafts"),
    path(f"{_FILE}diff", reading.diff, name="agreement-diff"),
    path(f"{_FILE}verify", reading.verify, name="agreement-verify"),
    path(f"{_FILE}calculator", calculating.calculator, name="agreement-calculator"),
    path(f"{_FILE}withdraw", proposing.withdraw, name="agreement-withdraw"),
    path(_VERSION, reading.version, name="agreement-version"),
    path(f"{_VERSION}download/<str:form>", reading.download, name="agreement-download"),
    path(f"{_VERSION}numbers/<str:name>", reading.number, name="agreement-number"),
    path(f"{_VERSION}walk", proposing.walk, name="agreement-walk"),
    path(f"{_VERSION}sign", proposing.sign, name="agreement-sign"),
    path(f"{_FILE}drafts/new", editing.new_draft, name="draft-new"),
    path(_DRAFT, editing.draft, name="draft"),
    path(f"{_DRAFT}form", editing.form, name="draft-form"),
    path(f"{_DRAFT}check", editing.check, name="draft-check"),
    path(f"{_DRAFT}history", editing.history, name="draft-history"),
    path(f"{_DRAFT}restore", editing.restore, name="draft-restore"),
    path(f"{_DRAFT}discard", editing.discard, name="draft-discard"),
    path(f"{_DRAFT}propose", proposing.propose, name="draft-propose"),
    path(f"{_FILE}survey", surveying.survey, name="survey"),
    path(f"{_FILE}survey/open", surveying.open_survey, name="survey-open"),
    path(f"{_FILE}survey/close", surveying.close_survey, name="survey-close"),
]
