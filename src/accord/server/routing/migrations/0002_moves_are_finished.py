from typing import Any

from django.db import migrations, models
from django.db.models import F


def finish_former(apps: Any, _editor: Any) -> None:
    apps.get_model("routing", "Move").objects.filter(done_at=None).update(done_at=F("at"))


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_tables")]

    operations = [
        migrations.AddField("Move", "done_at", models.DateTimeField(null=True)),
        migrations.RunPython(finish_former, migrations.RunPython.noop, elidable=True),
    ]
