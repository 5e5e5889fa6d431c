"""From notices to messages: what waits for one recipient goes out together, as one digest.

Whoever was told nothing of late is told at once; whoever was is told again when their time of gathering is
over, sooner where something is broken. Notices and message change in one transaction, with the recipient
held, so that two workers write one digest and a worker that dies writes none by halves.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accord.lead.standing import IN_MARKETING, Standing
from accord.promises.verdict import State as Verdict
from accord.server.alerts.models import Notice, Recipient
from accord.server.alerts.noticing import TEST, ready_at
from accord.server.alerts.saying import letter
from accord.server.desk import terms
from accord.server.desk.writing import update_rows
from accord.server.mail.models import Message
from accord.server.running.turns import in_turn

AT_ONCE = 300
State = Notice.State
_WAITS = (Verdict.PENDING, Verdict.BROKEN)


def gather(at: datetime, limit: int = AT_ONCE) -> int:
    """Write the messages that are due, at most to so many recipients; how many notices were settled."""
    due = Notice.objects.filter(state=State.WAITING, due_at__lte=at).order_by("due_at", "id")
    numbers = list(dict.fromkeys(due.values_list("recipient_id", flat=True)[:limit]))
    if not numbers:
        return 0
    with in_turn(), transaction.atomic(), terms.held_still():
        held = Recipient.objects.filter(pk__in=numbers).order_by("pk").select_related("user", "channel")
        recipients = {
            one.pk: one for one in held.select_for_update(of=("self",), skip_locked=True, no_key=True)
        }
        waiting = defaultdict(list)
        for notice in _waiting(recipients, at):
            waiting[notice.recipient_id].append(notice)
        return _write([_Round(recipients[pk], notices, at) for pk, notices in waiting.items()], at)


def _waiting(recipients: dict[int, Recipient], at: datetime) -> Sequence[Notice]:
    """Everything that may be told now, also what was to be gathered for longer."""
    rows = Notice.objects.filter(recipient__in=recipients, state=State.WAITING, quiet_until__lte=at)
    return list(
        rows.select_related("lead__contact", "lead__owner", "duty__owner").order_by("happened_at", "id")
    )


class _Round:
    """One recipient's waiting notices, and what becomes of each."""

    def __init__(self, recipient: Recipient, notices: list[Notice], at: datetime) -> None:
        self.recipient, self.at = recipient, at
        self.over = [one for one in notices if not _still_true(one)]
        self.open = [one for one in notices if _still_true(one)]

    @property
    def ready(self) -> bool:
        ready = [ready_at(self.recipient, urgent=one.urgent) for one in self.open if one.what != TEST]
        return len(ready) < len(self.open) or any(one is None or one <= self.at for one in ready)

    @property
    def silent(self) -> bool:
        """Whether the recipient wants to read this on the page alone, or has left."""
        user, channel = self.recipient.user, self.recipient.channel
        if user is not None:
            return not (self.recipient.by_mail and user.is_active)
        return channel is None or not channel.is_active

    def bundles(self) -> list[list[Notice]]:
        """All in one message; for whoever wants no gathering one for each duty."""
        if self.recipient.gather_minutes or not self.open:
            return [self.open] if self.open else []
        by_duty = defaultdict(list)
        for one in self.open:
            by_duty[_of(one)].append(one)
        return list(by_duty.values())

    def postpone(self) -> list[Notice]:
        """Look again when the recipient may be told again: until then nothing needs to be read."""
        for one in self.open:
            one.due_at = max(ready_at(self.recipient, urgent=one.urgent) or self.at, one.quiet_until)
        return self.open


def _still_true(notice: Notice) -> bool:
    """Whether it still has to be told: not a warning of what was done since, nor a breach that was none."""
    duty, lead = notice.duty, notice.lead
    if duty is None:
        return lead is None or lead.standing in _WHILE.get(notice.what, (lead.standing,))
    if notice.what == "warn":
        return duty.state == Verdict.PENDING
    return duty.state in _WAITS


_WHILE = {  # what waits for somebody waits as long as the lead stands so
    "missing": IN_MARKETING,
    "rejected": (Standing.REJECTED,),
    "rejected_bare": (Standing.REJECTED,),
    "returned": IN_MARKETING,
}


def _of(notice: Notice) -> str:
    return f"duty {notice.duty_id}" if notice.duty_id else f"notice {notice.pk}"


def _last_of_each(notices: list[Notice]) -> list[Notice]:
    """Of several notices of one duty the last says all: a breach says that the warning is over."""
    return list({_of(one): one for one in notices}.values())


def _write(rounds: Sequence[_Round], at: datetime) -> int:
    ended: list[Notice] = []
    later: list[Notice] = []
    letters: list[tuple[Message, list[Notice]]] = []
    told: list[Recipient] = []
    for each in rounds:
        ended += _end(each.over, State.SETTLED, at)
        if each.silent:
            ended += _end(each.open, State.SHOWN, at)
        elif each.ready:
            letters += [(letter(each.recipient, _last_of_each(some), at), some) for some in each.bundles()]
            each.recipient.told_at = at
            told.append(each.recipient)
        else:
            later += each.postpone()
    Message.objects.bulk_create([message for message, _ in letters])
    for message, notices in letters:
        ended += _end(notices, State.TOLD, at, message)
    update_rows(ended, ["state", "told_at", "message"])
    update_rows(later, ["due_at"])
    update_rows(told, ["told_at"])
    return len(ended)


def _end(notices: list[Notice], state: State, at: datetime, message: Message | None = None) -> list[Notice]:
    for one in notices:
        one.state, one.told_at, one.message = state.value, at, message
    return notices
