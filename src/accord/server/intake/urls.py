"""The doors through which leads and events come in, and the pages about them: addresses."""

from django.urls import URLPattern, URLResolver, path

from accord.server.intake import doors
from accord.server.intake.views import arrivals, sources, uploads

urlpatterns: list[URLPattern | URLResolver] = [
    path("in/<str:key>", doors.form_in, name="form-in"),
    path("servlet/servlet.WebToLead", doors.web_to_lead, name="web-to-lead"),
    path("hooks/<str:key>", doors.hook_in, name="hook-in"),
    path("intake/", arrivals.intake, name="intake"),
    path("intake/arrivals/<int:pk>/", arrivals.arrival, name="arrival"),
    path("intake/sources/new", sources.source_new, name="intake-source-new"),
    path("intake/sources/<int:pk>/", sources.source, name="intake-source"),
    path("intake/sources/<int:pk>/secret", sources.source_secret, name="intake-source-secret"),
    path("intake/sources/<int:pk>/switch", sources.source_switch, name="intake-source-switch"),
    path("intake/files/new", uploads.upload_new, name="upload-new"),
    path("intake/files/<int:pk>/", uploads.upload, name="upload"),
    path("intake/files/<int:pk>/rejects", uploads.upload_rejects, name="upload-rejects"),
]
