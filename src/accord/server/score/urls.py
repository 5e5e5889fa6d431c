"""Addresses of the score."""

from django.urls import path

from accord.server.score.views import files, kept, pages, rows

urlpatterns = [
    path("score/", pages.score, name="score"),
    path("score/marketing/", pages.marketing, name="score-marketing"),
    path("score/sales/", pages.sales, name="score-sales"),
    path("score/pipeline/", pages.pipeline, name="score-pipeline"),
    path("score/won-and-lost/", pages.winloss, name="score-winloss"),
    path("score/measures/<str:name>.csv", rows.measure_csv, name="score-measure-csv"),
    path("score/measures/<str:name>", rows.measure, name="score-measure"),
    path("score/rows/<str:promise>/<str:state>.csv", rows.rows_csv, name="score-rows-csv"),
    path("score/rows/<str:promise>/<str:state>", rows.rows, name="score-rows-of"),
    path("score/rows/<str:promise>/", rows.rows, name="score-rows"),
    path("score/charts/<str:section>/<str:name>.svg", files.chart, {"kind": "svg"}, name="score-chart-svg"),
    path("score/charts/<str:section>/<str:name>.png", files.chart, {"kind": "png"}, name="score-chart-png"),
    path("score/charts/<str:section>/<str:name>.csv", files.chart, {"kind": "csv"}, name="score-chart-csv"),
    path("score/tables/<str:section>/<str:name>.csv", files.table, name="score-table"),
    path("score/leads/<path:lead>", rows.lead, name="score-lead"),
    path("score/report/<str:span>", kept.report, name="score-report"),
    path("score/refresh", kept.refresh, name="score-refresh"),
]
