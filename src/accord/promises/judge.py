"""Where terms and events meet: the verdicts on one lead, as known at an instant. The row form.

`ledger/verdicts/*.sql` is the column form of the same rules; `tests/contracts` runs both on the same logs
and allows no difference. `docs/explanation/verdicts.md` gives the reasons.
"""

from collections.abc import Iterable
from datetime import datetime

from accord.agreement.terms import Agreement
from accord.lead.events import Event, Lead
from accord.promises.bench import bench_of
from accord.promises.verdict import Verdict


def judge(agreement: Agreement, lead: Lead, events: Iterable[Event], at: datetime) -> tuple[Verdict, ...]:
    """Every verdict on one lead at `at`, in the order of PromiseOf; none for a lead not delivered by then.

    Order and repetition of events do not matter. CalendarInvalid, BudgetUnreachable and InputError (a
    checkpoint in months) come from the agreement.
    """
    bench = bench_of(agreement, lead, events, at)
    return bench.verdicts() if bench else ()
