from django.db import migrations

from accord.server.audit.append_only import words_may_go

ASSERTED = ("lead_id", "kind", "occurred_at", "recorded_at", "actor", "side", "channel", "amount", "value",
            "agreement", "calendar", "due_at", "origin", "seq")  # fmt: skip


class Migration(migrations.Migration):
    """An erasure may empty words in the log, of erased leads alone; every fact stays as it is."""

    dependencies = [("desk", "0006_overdue_duties")]
    operations = [words_may_go("desk_event", kept=ASSERTED)]
