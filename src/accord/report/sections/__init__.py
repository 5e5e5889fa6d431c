"""The sections of the page in the order in which they are read, each in one module."""

from accord.agreement.terms import Agreement
from accord.plan.demand import Plan
from accord.report.sections import (
    attribution,
    band,
    budget,
    capacity,
    causes,
    conversion,
    coverage,
    customers,
    delivery,
    depth,
    handoff,
    links,
    origin,
    outcomes,
    overdue,
    pace,
    parts,
    speed,
    touches,
    winloss,
)
from accord.report.view import Reader, Section


def sections(reader: Reader, agreement: Agreement, plan: Plan | None) -> tuple[Section, ...]:
    made = (
        budget.section(reader),
        pace.section(reader, agreement),
        band.section(reader, agreement),
        delivery.section(reader, agreement),
        handoff.section(reader, agreement),
        speed.section(reader, agreement),
        parts.section(reader, agreement),
        causes.section(reader, agreement),
        depth.section(reader, agreement),
        touches.section(reader, agreement),
        capacity.section(reader),
        links.section(reader, agreement),
        conversion.section(reader, agreement),
        coverage.section(reader, agreement),
        outcomes.section(reader, agreement),
        winloss.section(reader, agreement),
        customers.section(reader, agreement),
        attribution.section(reader, agreement),
        overdue.section(reader, agreement),
    )
    return (*made, origin.section(plan)) if plan else made
