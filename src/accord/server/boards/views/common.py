"""What the boards' views share: which agreement is in force."""

from django.utils import timezone

from accord.agreement.terms import Agreement
from accord.server.desk import terms


def agreement_now() -> Agreement | None:
    found = terms.in_force(timezone.now())
    return found[1] if found else None
