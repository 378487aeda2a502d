-- What every explanation of a period needs: the last closed day, customers at the end of the month that retention looks back
-- to, how many movements of the kinds asked for there were, and the settings in force on the period's last day.
select (select max(day) from metrics_closing where workspace_id = %(workspace)s) as closed_through,
  (
    select customers_end from metrics_periodfigures
    where workspace_id = %(workspace)s and interval = 'month' and starts_on = %(month_then)s
  ) as customers_then,
  (
    select jsonb_object_agg(kind, rows) from (
      select kind, count(*) as rows from metrics_accountday
      where workspace_id = %(workspace)s and day between %(first)s and %(last)s and kind = any(%(kinds)s)
        and cardinality(%(kinds)s::text[]) > 0
      group by 1
    ) moved
  ) as movements, <<columns>>
from (select 1) one
left join lateral (
  select * from workspaces_metricsettings
  where workspace_id = %(workspace)s and effective_from <= %(last)s
  order by effective_from desc limit 1
) s on true
