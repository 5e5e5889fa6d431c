"""What an erasure takes out of notices and of the messages that were made of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from accord.server.alerts.models import Notice
from accord.server.desk.models import Lead
from accord.server.mail.models import Message

_TAKEN = "taken back: it named somebody whose data was erased"
State = Notice.State


def forget(leads: Sequence[Lead], at: datetime) -> None:
    """Settle what waits to be told about leads, and empty what was told; other leads are told of anew."""
    of_them = Notice.objects.filter(lead__in=leads)
    messages = [pk for pk in of_them.values_list("message_id", flat=True).distinct() if pk is not None]
    unsent = Message.objects.filter(pk__in=messages).exclude(state=Message.State.SENT)
    late = Notice.objects.filter(message__in=list(unsent.values_list("pk", flat=True)))
    late.exclude(lead__in=leads).update(state=State.WAITING, message=None, told_at=None, due_at=at)
    unsent.update(state=Message.State.FAILED, problem=_TAKEN)
    Message.objects.filter(pk__in=messages).update(subject="", text="", html="")
    of_them.filter(state=State.WAITING).update(state=State.SETTLED)
    number = Cast(F("pk"), CharField(max_length=20))
    of_them.filter(dedupe__startswith="signal:").update(dedupe=Concat(Value("erased:"), number))
    of_them.update(about="")
