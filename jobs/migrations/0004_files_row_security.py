from django.db import migrations

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_files_and_imports")]

    operations = [IsolateTenants("File", "ImportIssue", "ImportJob")]
