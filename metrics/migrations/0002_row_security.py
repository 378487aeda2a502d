from django.db import migrations

from workspaces.rls import IsolateTenants

# The two rules of docs/metrics.md on which every date of a contract stands. Postgres clamps to the month's last day
# itself; both are simple enough to be inlined into the statements that use them.
CALENDAR = """
create function add_months(day date, months integer) returns date
language sql immutable parallel safe
return (day + make_interval(months => months))::date;

create function whole_months(first date, last date) returns integer
language sql immutable parallel safe
return (extract(year from last)::integer - extract(year from first)::integer) * 12
  + extract(month from last)::integer - extract(month from first)::integer
  - case when add_months(first, (extract(year from last)::integer - extract(year from first)::integer) * 12
                                + extract(month from last)::integer - extract(month from first)::integer) > last
         then 1 else 0 end;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial"), ("workspaces", "0002_row_security")]

    operations = [
        IsolateTenants(
            "AccountDay", "Closing", "ClosingFailure", "LineSpan", "Movement", "PeriodFigures", "Restatement", "TermEnd"
        ),
        migrations.RunSQL(CALENDAR, "drop function whole_months(date, date); drop function add_months(date, integer);"),
    ]
