"""Things that are made once, whoever comes first and however often it is tried."""

from django.db import IntegrityError, transaction

from accord.server.rituals.models import Done


def is_done(name: str) -> bool:
    return Done.objects.filter(name=name).exists()


def claim(name: str) -> bool:
    """Take it, in the transaction of what is made; False where somebody has it."""
    try:
        with transaction.atomic():
            Done.objects.create(name=name)
    except IntegrityError:
        return False
    return True
