"""How one value of a lead or an event is found in a row: the small words of the import map."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from accord.agreement.clauses.clause import Clause, one_or_many, shorthand
from accord.errors import CalendarInvalid, nearest
from accord.lead.events import Channel, Kind, Side
from accord.worktime.zones import find_zone

SKIP = "skip"  # as a kind: this row is no event of ours
ISO, UNIX, UNIX_MS = "iso", "unix", "unix_ms"
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DIRECTIVES = set("aAbBdfgGHIjmMnpSUVwWxXyYzZ%-u")


def _zone(name: str) -> str:
    try:
        find_zone(name)
    except CalendarInvalid as error:
        raise ValueError(str(error)) from None
    return name


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"{text!r} is no time of day; write it as 09:00")
    return text


def _format(text: str) -> str:
    if text in (ISO, UNIX, UNIX_MS):
        return text
    used = re.findall(r"%(-?.)", text)
    unknown = [f"%{code}" for code in used if code.removeprefix("-") not in _DIRECTIVES]
    if not used or unknown:
        what = (
            f"{', '.join(unknown)} in {text!r} is unknown" if unknown else f"{text!r} is no format of times"
        )
        raise ValueError(f"{what}; write it such as %d.%m.%Y %H:%M, or iso, unix, unix_ms")
    return text


def _decimal(text: str) -> str:
    if text not in (".", ","):
        raise ValueError(f"{text!r} is no decimal sign; write . or ,")
    return text


Zone = Annotated[str, AfterValidator(_zone)]
Clock = Annotated[str, AfterValidator(_clock)]
Formats = Annotated[tuple[Annotated[str, AfterValidator(_format)], ...], BeforeValidator(one_or_many)]
Decimals = Annotated[str, AfterValidator(_decimal)]
Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_many)]


class Translated(Clause):
    """A column whose values are translated."""

    column: str | None = None
    values: dict[str, str] = Field(
        default_factory=dict
    )  # as it stands in the column → as it stands in the log; "" means unknown
    otherwise: str | None = None  # instead of values that `values` does not name
    empty: Texts = ()  # texts that mean that nothing is known


class TextField(Translated):
    """A text: from a column, translated by `values`; or the same for every row."""

    constant: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("says not where the value comes from; give either `column` or `constant`")
        if self.constant is not None and (self.values or self.otherwise is not None or self.empty):
            raise ValueError(
                "`values`, `otherwise`, `empty` belong to a column; a constant stands for itself"
            )
        if self.otherwise is not None and not self.values:
            raise ValueError("`otherwise` needs `values` beside it; for one value write `constant`")
        return self


class TimeField(TextField):
    """An instant: a column of times, or one instant for all rows."""

    zone: Zone | None = None  # in which times without a zone were written
    formats: Formats | None = None
    date_only: Clock | None = None  # time of day that a bare date stands for

    @model_validator(mode="after")
    def _constant_is_a_time(self) -> Self:
        if self.constant is not None:
            self.instant()
        return self

    def instant(self) -> datetime:
        """The constant as a UTC instant; ValueError where it is no time or has no zone."""
        try:
            at = datetime.fromisoformat(self.constant or "")
        except ValueError:
            raise ValueError(f"{self.constant!r} is no time; write it as 2026-03-31T09:00:00Z") from None
        if at.tzinfo is None:
            raise ValueError(f"{self.constant!r} has no zone; write it as 2026-03-31T09:00:00Z")
        return at.astimezone(UTC)


class NumberField(TextField):
    """An amount of money: digits with a decimal sign; the other of `.` and `,` may part thousands."""

    decimal: Decimals | None = None
    strip: Texts = ()  # currency signs and the like to take off before reading

    @model_validator(mode="after")
    def _constant_is_a_number(self) -> Self:
        if self.constant is not None:
            try:
                finite = Decimal(self.constant).is_finite()
            except InvalidOperation:
                finite = False
            if not finite or Decimal(self.constant) < 0:
                raise ValueError(f"{self.constant!r} is no amount; write digits such as 1999.90")
        return self


class CountField(Clause):
    """How many times an event happened: a column of whole numbers."""

    column: str


class LeadField(Translated):
    """The lead's id: a column, or made up from the file's name and the row's number."""

    generate: str | None = None  # such as `{file}-{row}`

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.generate is None):
            raise ValueError("says not where the id comes from; give either `column` or `generate`")
        if self.generate is not None and "{row}" not in self.generate:
            raise ValueError(f"{self.generate!r} gives every row the same id; put {{row}} in it")
        return self


def closed(names: type[StrEnum], *more: str) -> Any:
    """A before-validator for values of a closed list: a bare word of the list is meant, else a column."""
    known = [*map(str, names), *more]

    def expand(value: Any) -> Any:
        if isinstance(value, str):
            return {"constant": value} if value in known else {"column": value}
        if isinstance(value, dict):
            _check_targets(value, known)
        return value

    return expand


def _check_targets(value: dict[str, Any], known: list[str]) -> None:
    table = value.get("values")
    targets = list(table.values()) if isinstance(table, dict) else []
    targets += [value[key] for key in ("constant", "otherwise") if key in value]
    wrong = [target for target in targets if isinstance(target, str) and target and target not in known]
    if wrong:
        hint = nearest(wrong[0], known)
        raise ValueError(f"{wrong[0]!r} is not in the closed list{hint or '; it has ' + ', '.join(known)}")


Text = Annotated[TextField, BeforeValidator(shorthand("column"))]
Time = Annotated[TimeField, BeforeValidator(shorthand("column"))]
Number = Annotated[NumberField, BeforeValidator(shorthand("column"))]
Count = Annotated[CountField, BeforeValidator(shorthand("column"))]
LeadId = Annotated[LeadField, BeforeValidator(shorthand("column"))]
KindOf = Annotated[TextField, BeforeValidator(closed(Kind, SKIP))]
SideOf = Annotated[TextField, BeforeValidator(closed(Side))]
ChannelOf = Annotated[TextField, BeforeValidator(closed(Channel))]
