from django.db import migrations

from accord.server.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_entries")]
    operations = [append_only("audit_entry")]
