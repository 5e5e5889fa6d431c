from django.db import migrations

from accord.server.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_agreements")]
    operations = [append_only("agreements_chainline"), append_only("agreements_saving")]
