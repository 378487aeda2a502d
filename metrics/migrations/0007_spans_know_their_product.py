from django.db import migrations, models

# What the next rebuild of each account writes; until then from the lines as they stand.
FILL = """
update metrics_linespan s
set product_id = l.product_id, leaves_on = case when l.ends_on is distinct from c.ends_on then l.ends_on end
from accounts_contractline l
join accounts_contract c on c.workspace_id = l.workspace_id and c.id = l.contract_id
where l.workspace_id = s.workspace_id and l.id = s.line_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_search_and_choices"),
        ("metrics", "0006_figures_stay_inside"),
    ]

    operations = [
        migrations.AddField(model_name="linespan", name="product_id", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="linespan", name="leaves_on", field=models.DateField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
