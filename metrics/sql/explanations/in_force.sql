-- The last closed day, and the settings in force on a day.
select (select max(day) from metrics_closing where workspace_id = %(workspace)s) as closed_through, <<columns>>
from (select 1) one
left join lateral (
  select * from workspaces_metricsettings
  where workspace_id = %(workspace)s and effective_from <= %(day)s
  order by effective_from desc limit 1
) s on true
