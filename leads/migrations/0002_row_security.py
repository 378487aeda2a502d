from django.db import migrations

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial"), ("workspaces", "0002_row_security")]

    operations = [IsolateTenants("Channel", "Spend")]
