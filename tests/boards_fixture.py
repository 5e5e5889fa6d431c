"""What the boards show, one of each, for tests that walk over all pages."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accord.server.boards import mailing, texts
from accord.server.boards.models import Enrolment, Reject
from accord.server.desk import acts
from accord.server.desk.models import Duty
from desk_fixture import a_delivered_lead
from server_fixture import People, actor

HOUR = timedelta(hours=1)


def one_of_each(people: People) -> dict[str, dict[str, Any]]:
    """A disputed reject, a broken promise, a commitment, a track and a text; the arguments of their pages."""
    now, leyla, sara = timezone.now(), actor(people.leyla), actor(people.sara)
    refused = a_delivered_lead(people.leyla)
    acts.reject(leyla, refused.pk, "duplicate", "we know them", now)
    acts.dispute(sara, refused.pk, "we do not", now)
    row = Reject.objects.get(lead=refused)
    lead = a_delivered_lead(people.leyla)
    acts.commit(leyla, lead.pk, "an answer", now + HOUR, "to their question", now)
    acts.start_track(sara, lead.pk, "reengage", now)
    enrolment = Enrolment.objects.get(lead=lead)
    Enrolment.objects.filter(pk=enrolment.pk).update(due_at=now, next_at=None, held_back="no text")
    broken = Duty.objects.filter(lead=lead, kind="first_touch_in_time")
    broken.update(state="broken", broken_at=now, broken_by=people.leyla, cause="rep_delay")
    text = texts.save(sara, texts.Wanted("asset", "customer story", 0, "A story", "Dear {name|friend},"), now)
    return {
        "boards-nudge": {"pk": lead.pk},
        "boards-reassign": {"pk": lead.pk},
        "reject": {"pk": row.pk},
        "dispute-settle": {"pk": row.pk},
        "reject-act": {"pk": row.pk, "act": "close"},
        "breach-excuse": {"pk": broken.get().pk},
        "commitment-kept": {"pk": Duty.objects.get(lead=lead, kind="commitment").pk},
        "nurture-stop": {"pk": enrolment.pk},
        "nurture-sent": {"pk": enrolment.pk},
        "nurture-text": {"pk": text.pk},
        "stop": {"token": mailing.token_of(lead)},
    }
