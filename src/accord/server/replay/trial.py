"""What the sliders ask: times to the first touch and hours, read from an address with care."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.utils.translation import gettext as _

from accord.agreement.terms import Agreement, Side
from accord.errors import AccordError
from accord.ledger.replay.settings import one_touch, opened_between
from accord.promises.terms import ANY_TYPE
from accord.worktime import clock_for
from accord.worktime.duration import Duration
from accord.worktime.weekly import DAY, Windows

LONGEST = 7 * 24 * 60  # minutes that a first touch may take here
MOST_FIELDS = 40
_MINUTES = re.compile(r"\d{1,5}", re.ASCII)


@dataclass(frozen=True)
class Field:
    """One input with its slider: `agreed` is what the version in force says, `typed` what stands in it."""

    name: str
    label: str
    agreed: str
    typed: str
    least: int
    most: int
    step: int
    help: str = ""
    refused: str = ""
    is_time: bool = False

    @property
    def changed(self) -> bool:
        return self.typed != self.agreed and not self.refused


@dataclass(frozen=True)
class Asked:
    """The fields as somebody set them, and the agreement that follows; refused fields stay as agreed."""

    touches: tuple[Field, ...]
    hours: tuple[tuple[str, tuple[Field, ...]], ...]  # by calendar
    agreement: Agreement
    minutes: dict[str, int]  # by lead type, as tried

    @property
    def fields(self) -> tuple[Field, ...]:
        return (*self.touches, *(field for _name, pair in self.hours for field in pair))

    @property
    def changed(self) -> bool:
        return any(field.changed for field in self.fields)


def read(agreement: Agreement, said: Mapping[str, str]) -> Asked:
    """What an address asks for; whatever cannot be is refused at its field, and leaves the rest as it is."""
    changed, touches, minutes = agreement, [], {}
    for lead_type in types_of(agreement):
        field = _touch_field(agreement, lead_type, said)
        minutes[lead_type] = int(field.agreed)
        if field.changed:
            within = agreement.first_touch(lead_type)
            minutes[lead_type] = int(field.typed)
            wall = " wall" if within.wall else ""
            changed = one_touch(lead_type, changed, f"{int(field.typed)} min{wall}")
        touches.append(field)
    hours = []
    for name in list(agreement.calendars)[:MOST_FIELDS]:
        changed, pair = _hours(changed, name, said)
        if pair:
            hours.append((name, pair))
    return Asked(tuple(touches), tuple(hours), changed, minutes)


def types_of(agreement: Agreement) -> list[str]:
    """Lead types that have a slider: those that the agreement names, and all others together."""
    named = dict.fromkeys([*agreement.lead_types, *agreement.follow_up.first_touch])
    named.pop("default", None)
    return [*list(named)[:MOST_FIELDS], ANY_TYPE]


def minutes_of(within: Duration, agreement: Agreement) -> int:
    """A time to the first touch in minutes of its clock, on the calendar of sales; rounded up, at least 1."""
    calendar = agreement.calendar_of(Side.SALES)
    at = datetime.combine(agreement.term.start, time(), UTC)
    seconds = clock_for(within, calendar).budget(within, at).total_seconds()
    return max(1, int(-(-seconds // 60)))


def _touch_field(agreement: Agreement, lead_type: str, said: Mapping[str, str]) -> Field:
    within = agreement.first_touch(lead_type)
    agreed = str(minutes_of(within, agreement))
    name = f"t.{lead_type}" if lead_type else "t"
    typed = said.get(name, agreed).strip()[:20] or agreed
    own = agreement.lead_types.get(lead_type)
    label = (own.label if own and own.label else lead_type) if lead_type else _("All other lead types")
    fits = _MINUTES.fullmatch(typed) is not None and 1 <= int(typed) <= LONGEST
    refused = "" if fits else _("write whole minutes from 1 to %(most)d") % {"most": LONGEST}
    most = next((top for top in (60, 240, 480, 1440, 2880) if top >= 2 * int(agreed)), LONGEST)
    clock = _("minutes on the wall clock") if within.wall else _("minutes of working time")
    return Field(name, label, agreed, str(int(typed)) if fits else typed, 1, most, 1, clock, refused)


def _hours(
    agreement: Agreement, calendar: str, said: Mapping[str, str]
) -> tuple[Agreement, tuple[Field, ...]]:
    usual = _usual(agreement, calendar)
    if usual is None:
        return agreement, ()
    agreed = (_clock(usual[0][0]), _clock(usual[-1][1]))
    names, labels = (f"o.{calendar}", f"c.{calendar}"), (_("Opens"), _("Closes"))
    typed = tuple(said.get(name, text).strip()[:20] or text for name, text in zip(names, agreed, strict=True))
    refused = ""
    if typed != agreed:
        try:
            agreement = opened_between(agreement, calendar, typed[0], typed[1])
        except (AccordError, ValueError) as error:
            refused = str(error)
    pair = [
        Field(name, label, was, now, 0, DAY, 15, refused=refused if now != was else "", is_time=True)
        for name, label, was, now in zip(names, labels, agreed, typed, strict=True)
    ]
    return agreement, tuple(pair)


def _usual(agreement: Agreement, calendar: str) -> Windows | None:
    """The windows of the first day of the week that is worked, as they hold when the term starts."""
    week = agreement.calendar(calendar).rules_on(agreement.term.start).week
    return next((windows for windows in week if windows), None)


def _clock(minute: int) -> str:
    return "24:00" if minute == DAY else f"{minute // 60 % 24:02d}:{minute % 60:02d}"
