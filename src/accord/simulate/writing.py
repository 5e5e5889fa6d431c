"""One chunk's leads and events as parts of the log's Parquet files."""

from types import TracebackType
from typing import Self

import duckdb
import numpy as np

from accord.ledger.log import LogWriter, sql_text
from accord.simulate import names as n
from accord.simulate.deliveries import Deliveries
from accord.simulate.names import Names
from accord.simulate.sheet import Column

_EVENTS = """
SELECT seq, {lead} AS lead, {kinds}[kind + 1] AS kind, occurred AS occurred_at, recorded AS recorded_at,
    {actors}[actor + 1] AS actor, {sides}[side + 1] AS side, {channels}[channel + 1] AS channel,
    {outcomes}[outcome + 1] AS outcome, {reasons}[reason + 1] AS reason,
    CASE WHEN NOT isnan(amount) THEN amount END AS amount,
    CASE WHEN NOT isnan(value) THEN value END AS value,
    CASE WHEN frozen THEN {agreement} END AS agreement,
    CASE WHEN frozen THEN {calendar} END AS calendar,
    due AS due_at
FROM chunk_events"""
_LEADS = """
SELECT {lead} AS lead, printf('C%08d', lead) AS contact, created AS created_at,
    CASE WHEN account >= 0
        THEN {stems}[account % {stem_count} + 1] || ' ' || account // {stem_count} % 9000 END AS account,
    CASE WHEN typed THEN {lead_types}[cell + 1] END AS lead_type, {streams}[cell + 1] AS stream,
    {segments}[segment + 1] AS segment, {personas}[persona + 1] AS persona,
    {sources}[source % {source_count} + 1] AS source, 'marketing' AS source_owner
FROM chunk_leads"""


class Written:
    """Writes chunks through a `LogWriter`; commits when told to. A number of -1 points at no text: NULL."""

    def __init__(self, writer: LogWriter, names: Names) -> None:
        self._writer = writer
        texts = {
            "lead": "printf('L%08d', lead)",
            "kinds": _list(n.KINDS),
            "actors": _list(names.actors),
            "sides": _list(n.SIDES),
            "channels": _list(n.CHANNELS),
            "outcomes": _list(names.outcomes),
            "reasons": _list(names.reasons),
            "agreement": sql_text(names.agreement),
            "calendar": sql_text(names.calendar),
            "stems": _list(n.ACCOUNT_STEMS),
            "stem_count": len(n.ACCOUNT_STEMS),
            "lead_types": _list(names.lead_types),
            "streams": _list(names.streams),
            "segments": _list(names.segments),
            "personas": _list(names.personas),
            "sources": _list(n.SOURCES),
            "source_count": len(n.SOURCES),
        }
        self._events, self._leads = _EVENTS.format(**texts), _LEADS.format(**texts)
        self._seq = 0

    def __enter__(self) -> Self:
        self._con = duckdb.connect(config={"threads": 1})  # one thread: the same bytes each time
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._con.close()

    def add(self, leads: Deliveries, events: dict[str, Column]) -> None:
        self._con.register("chunk_leads", _lead_columns(leads))
        self._writer.add(self._con, "leads", self._leads)
        count = len(events["lead"])
        times = {name: events[name].view("M8[us]") for name in ("occurred", "recorded", "due")}
        seq = np.arange(self._seq + 1, self._seq + 1 + count)
        self._con.register(
            "chunk_events", {**events, **times, "seq": seq, "lead": events["lead"] + leads.first + 1}
        )
        self._writer.add(self._con, "events", self._events)
        self._seq += count

    def commit(self) -> None:
        self._writer.commit()


def _lead_columns(leads: Deliveries) -> dict[str, Column]:
    return {
        "lead": np.arange(leads.first + 1, leads.first + 1 + leads.count),
        "created": leads.created.view("M8[us]"),
        "cell": leads.cell,
        "typed": leads.typed,
        "account": leads.account,
        "segment": leads.segment,
        "persona": leads.persona,
        "source": leads.source,
    }


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(sql_text, texts))}]"
