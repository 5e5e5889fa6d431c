"""The sections of the page in the order in which they are read, each in one module."""

from accord.agreement.terms import Agreement
from accord.plan.demand import Plan
from accord.report.sections import (
    attribution,
    band,
    conversion,
    delivery,
    depth,
    handoff,
    origin,
    outcomes,
    overdue,
    pace,
    speed,
)
from accord.report.view import Reader, Section


def sections(reader: Reader, agreement: Agreement, plan: Plan | None) -> tuple[Section, ...]:
    made = (
        pace.section(reader, agreement),
        band.section(reader, agreement),
        delivery.section(reader, agreement),
        handoff.section(reader, agreement),
        speed.section(reader, agreement),
        depth.section(reader, agreement),
        conversion.section(reader, agreement),
        outcomes.section(reader, agreement),
        attribution.section(reader, agreement),
        overdue.section(reader, agreement),
    )
    return (*made, origin.section(plan)) if plan else made
