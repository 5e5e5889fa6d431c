"""Addresses of the meetings' papers."""

from datetime import date, datetime

from django.urls import path, register_converter

from accord.server.rituals.views import announcements, decisions, packs, sheets


class Day:
    """A day in an address: 2026-03-17."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


class Month:
    """A month in an address by its first day: 2026-03."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        return datetime.strptime(value, "%Y-%m").date()  # noqa: DTZ007 - a month lies in no zone

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(Day, "rituals_day")
register_converter(Month, "rituals_month")

urlpatterns = [
    path("stand-up/", sheets.today, name="stand-up"),
    path("stand-up/<rituals_day:on>/", sheets.of_day, name="stand-up-day"),
    path("stand-up/<rituals_day:on>/say", sheets.say, name="stand-up-say"),
    path("decisions/", decisions.listed, name="decisions"),
    path("decisions/add", decisions.add, name="decisions-add"),
    path("decisions/<int:pk>/<str:what>", decisions.act, name="decisions-act"),
    path("pack/", packs.newest, name="pack"),
    path("pack/<rituals_month:month>/", packs.of_month, name="pack-month"),
    path("pack/<rituals_month:month>/pdf", packs.pdf, name="pack-pdf"),
    path("pack/<rituals_month:month>/anew", packs.anew, name="pack-anew"),
    path("announcements/", announcements.listed, name="announcements"),
    path("announcements/<int:pk>/<str:what>", announcements.hold, name="announcements-hold"),
]
