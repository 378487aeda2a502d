from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0006_may_export")]

    operations = [
        migrations.AddField(
            "workspace",
            "requires_two_step",
            models.BooleanField(default=False, verbose_name="two-step sign-in required"),
        ),
    ]
