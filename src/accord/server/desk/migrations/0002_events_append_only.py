from django.db import migrations

from accord.server.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_tables")]
    operations = [append_only("desk_event")]
