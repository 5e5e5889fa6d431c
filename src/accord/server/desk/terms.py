"""The agreement by which a lead is handled: the version in force, or the one frozen at its hand-off."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache

from accord.agreement.terms import Agreement, Status
from accord.errors import AccordError, PlanImpossible
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.server.agreements.finding import find_version, mark_of
from accord.server.agreements.models import AgreementFile
from accord.server.agreements.standings import Stood, stood
from accord.server.desk.models import Lead

Heads = tuple[tuple[int, str], ...]
_MOST_PLANS = 16
_still: ContextVar[Heads | None] = ContextVar("_still", default=None)
_plans: dict[str, Plan | None] = {}


def in_force(at: datetime) -> tuple[str, Agreement] | None:
    """Mark and terms of the version in force; None where nothing is.

    The same as `finding.version_in_force`, for whoever asks for many instants: what stood when is kept until
    a chain grows, and no chain is read to learn it.
    """
    heads = _heads()
    for versions in _stood(heads):
        active = [version for version in versions if version.at(at)[0] is Status.ACTIVE]
        mark = mark_of(active[0].digest) if len(active) == 1 else ""  # of two that overlap none is in force
        if mark and (found := _frozen(heads, mark)) is not None:
            return mark, found
    return None


def terms_of(lead: Lead, at: datetime) -> Agreement | None:
    """What holds for a lead: the version frozen at hand-off, as long as the chains have it, else that in
    force at `at`."""
    if lead.agreement and (frozen := version_of(lead.agreement)) is not None:
        return frozen
    found = in_force(at)
    return found[1] if found else None


def version_of(mark: str) -> Agreement | None:
    """The version with this mark; None where no chain has it."""
    return _frozen(_heads(), mark) if mark else None


def plan_of(mark: str, agreement: Agreement) -> Plan | None:
    """The plan of a version, which says what leads are worth; None where no plan follows from it.

    Kept by its mark: the same mark is the same text.
    """
    try:
        return _plans[mark]
    except KeyError:
        found = _worked_back(agreement)
    if len(_plans) >= _MOST_PLANS:
        _plans.clear()
    _plans[mark] = found
    return found


def _worked_back(agreement: Agreement) -> Plan | None:
    try:
        return work_back(agreement)
    except PlanImpossible:
        return None


@contextmanager
def held_still() -> Iterator[None]:
    """Look only once for what is in force while one thing is done, however often it is asked."""
    if _still.get() is not None:
        yield
        return
    token = _still.set(_read_heads())
    try:
        yield
    finally:
        _still.reset(token)


def _heads() -> Heads:
    still = _still.get()
    return _read_heads() if still is None else still


def _read_heads() -> Heads:
    return tuple(AgreementFile.objects.order_by("id").values_list("id", "head"))


@lru_cache(maxsize=4)
def _stood(_heads: Heads) -> tuple[tuple[Stood, ...], ...]:
    """The versions of every file with their standings, in the order of files."""
    courses = AgreementFile.objects.order_by("id").values_list("course", flat=True)
    return tuple(tuple(stood(course)) for course in courses)


@lru_cache(maxsize=64)
def _frozen(_heads: Heads, mark: str) -> Agreement | None:
    for file in AgreementFile.objects.order_by("id"):
        try:
            return find_version(file.chain(), mark).agreement
        except AccordError:
            continue
    return None
