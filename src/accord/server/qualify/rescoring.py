"""Scoring all open leads anew: when other rules come into force, and once a day for what fades.

Leads are taken in batches: a batch is a fixed number of queries, however many leads are in it, and one
transaction, so a worker that dies loses one at most. Those that turn out to be ready are left to the act that
hands leads off, one by one. What sales has is not touched: its grade is the one it was handed off with.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from accord.agreement.terms import Agreement
from accord.errors import AccordError
from accord.lead.events import Kind
from accord.lead.standing import Standing
from accord.server.desk import naming, terms
from accord.server.desk.models import Event, Lead
from accord.server.qualify.assessing import Assessment, assess_by
from accord.server.qualify.facts import facts_of, signals_of
from accord.server.qualify.models import Rescoring
from accord.server.running.logs import logger

BATCH = 1000
MOST_BATCHES = 20  # at a time; the rest is done the next time
MOST_PASSES = 3
EVERY = timedelta(hours=24)
OPEN = (Standing.RAISED, Standing.QUALIFIED)
log = logger(__name__)


def go_on(at: datetime) -> int:
    """Begin a run if one is due, and go on with it; how many leads were scored."""
    found = terms.in_force(at)
    if found is None:
        return 0
    mark, agreement = found
    run = due_run(mark, at)
    done = 0
    for _ in range(MOST_BATCHES):
        if run is None or run.ended_at is not None:
            break
        done += one_batch(run, agreement, at)
    return done


def due_run(mark: str, at: datetime) -> Rescoring | None:
    """The run that is under way, or a new one: after a change of the rules, or a day after the last began."""
    Rescoring.objects.filter(ended_at=None).exclude(mark=mark).update(ended_at=at)  # rules of yesterday
    last = Rescoring.objects.order_by("-began_at", "-pk").first()
    if last is None or last.mark != mark or (last.ended_at is not None and last.began_at <= at - EVERY):
        return Rescoring.objects.create(mark=mark, began_at=at)
    return None if last.ended_at is not None else last


def open_leads() -> QuerySet[Lead]:
    """What marketing has: not handed off, and never was."""
    return Lead.objects.filter(standing__in=[one.value for one in OPEN], delivered_at=None)


def one_batch(run: Rescoring, agreement: Agreement, at: datetime) -> int:
    """Score the next leads of a run, and end it where there are none; how many there were."""
    with transaction.atomic():
        leads = _next(run)
        verdicts = assessed(leads, run.mark, agreement, at)
        plain = [lead for lead in leads if not _is_new(verdicts[lead.pk], lead)]
        changed = [lead for lead in plain if verdicts[lead.pk].changed]
        _write(plain, {lead.pk for lead in changed}, run.mark, at)
        Event.objects.bulk_create([_fact(lead, verdicts[lead.pk], at) for lead in changed if lead.grade])
        _advance(run, leads, len(changed), at)
    ready = [lead.pk for lead in leads if _is_new(verdicts[lead.pk], lead)]
    readied = sum(_readied(pk, at) for pk in ready)
    Rescoring.objects.filter(pk=run.pk).update(readied=F("readied") + readied)
    return len(leads)


def assessed(leads: Sequence[Lead], mark: str, agreement: Agreement, at: datetime) -> dict[int, Assessment]:
    """Score several leads at once, each as if it were alone: one query for all their signals."""
    signals = signals_of(lead.contact_id for lead in leads if lead.contact_id)
    return {
        lead.pk: assess_by(lead, mark, agreement, facts_of(lead, signals.get(lead.contact_id or 0, {})), at)
        for lead in leads
    }


def _is_new(verdict: Assessment, lead: Lead) -> bool:
    """Whether a lead has just become ready, or what it waited for is asked no more."""
    return verdict.ready and (lead.standing == Standing.RAISED or not verdict.missing)


def _next(run: Rescoring) -> list[Lead]:
    """The next leads of a run that nobody works on at this moment; those wait for another pass."""
    old = Q(scored_at__lt=run.began_at) | Q(scored_at=None)
    rows = open_leads().filter(old, pk__gt=run.last).select_related("contact__account").order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return list(rows[:BATCH])


def _advance(run: Rescoring, leads: Sequence[Lead], changed: int, at: datetime) -> None:
    """Write down how far the run is; after the last lead another pass looks for what was left out."""
    if leads:
        run.last, run.scored, run.changed = leads[-1].pk, run.scored + len(leads), run.changed + changed
    elif run.last and run.passes < MOST_PASSES:
        run.last, run.passes = 0, run.passes + 1
    else:
        run.ended_at = at
    run.save(update_fields=["last", "scored", "changed", "passes", "ended_at"])


def _readied(lead: int, at: datetime) -> bool:
    """Hand a lead off that has become ready, or ask marketing for what is missing; alone, so that one that
    cannot be is no obstacle to the others."""
    from accord.server.desk.readying import ready_or_not  # noqa: PLC0415 - the desk stands on this room
    from accord.server.desk.recording import locked  # noqa: PLC0415

    try:
        with transaction.atomic():
            held = locked(lead)
            if held.standing not in OPEN:
                return False  # somebody else was faster
            before = held.standing
            return ready_or_not(held, at).standing != before
    except AccordError as error:
        log.warning("a lead that is ready could not be handed off", lead=lead, problem=str(error))
        return False


def _fact(lead: Lead, verdict: Assessment, at: datetime) -> Event:
    return Event(
        lead=lead,
        kind=Kind.SCORED,
        occurred_at=at,
        recorded_at=at,
        actor=naming.MACHINE,
        side="machine",
        outcome=lead.grade,
        reason=verdict.ruled_out[:120],
    )


def _write(leads: Sequence[Lead], changed: set[int], mark: str, at: datetime) -> None:
    """Write the scores of leads in one statement, whatever their number."""
    if not leads:
        return
    rows = json.dumps([_row(lead, lead.pk in changed) for lead in leads], ensure_ascii=False)
    when = connection.ops.adapt_datetimefield_value(at)
    table, source = Lead._meta.db_table, _SOURCES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET fit = x.fit, interest = x.interest, grade = x.grade, reasons = x.reasons,"  # noqa: S608
            f" missing = x.missing, version = {table}.version + x.changed, scored_at = %s, scored_by = %s,"
            f" changed_at = CASE WHEN x.changed = 1 THEN %s ELSE {table}.changed_at END"
            f" FROM {source} WHERE {table}.id = x.id",
            [when, mark, when, rows],
        )


def _row(lead: Lead, changed: bool) -> dict[str, Any]:
    return {
        "id": lead.pk,
        "fit": lead.fit,
        "interest": lead.interest,
        "grade": lead.grade,
        "reasons": lead.reasons,
        "missing": lead.missing,
        "changed": int(changed),
    }


_SOURCES = {
    "postgresql": (
        "jsonb_to_recordset(%s::jsonb) AS x(id bigint, fit float8, interest float8, grade text,"
        " reasons jsonb, missing jsonb, changed int)"
    ),
    "sqlite": (
        "(SELECT json_extract(value, '$.id') AS id, json_extract(value, '$.fit') AS fit,"
        " json_extract(value, '$.interest') AS interest, json_extract(value, '$.grade') AS grade,"
        " json_extract(value, '$.reasons') AS reasons, json_extract(value, '$.missing') AS missing,"
        " json_extract(value, '$.changed') AS changed FROM json_each(%s)) AS x"
    ),
}
