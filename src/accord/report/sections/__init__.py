"""The sections of the page in the order in which they are read, each in one module."""

from accord.agreement.terms import Agreement
from accord.report.sections import conversion, depth, overdue, pace, speed
from accord.report.view import Reader, Section


def sections(reader: Reader, agreement: Agreement) -> tuple[Section, ...]:
    return (
        pace.section(reader, agreement),
        speed.section(reader, agreement),
        depth.section(reader, agreement),
        conversion.section(reader, agreement),
        overdue.section(reader, agreement),
    )
