from django.db import migrations

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("jobs", "0008_imported_rows")]

    operations = [IsolateTenants("ImportedRow")]
