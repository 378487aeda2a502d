-- How far a workspace is closed, what of the closed days waits to be worked in, what stopped the last closing, and
-- whether one is waiting or running.
select c.first_day, c.last_day,
  (select closed_at from metrics_closing where workspace_id = %(workspace)s order by day desc limit 1) as closed_at,
  (select min(from_day) from accounts_changedfact where workspace_id = %(workspace)s) as changed_from,
  s.workspace_id is not null as has_state, s.settings_as_of, s.fiscal_year_start_month,
  (
    select changed_at from workspaces_metricsettings where workspace_id = %(workspace)s order by changed_at desc limit 1
  ) as settings_changed_at,
  f.failed_at, f.code, f.currency, f.day,
  exists(
    select from jobs_run where workspace_id = %(workspace)s and kind = 'closing' and state = any(%(open)s)
  ) as is_closing
from (select min(day) as first_day, max(day) as last_day from metrics_closing where workspace_id = %(workspace)s) c
left join metrics_closingstate s on s.workspace_id = %(workspace)s
left join metrics_closingfailure f on f.workspace_id = %(workspace)s
