insert into metrics_closing (workspace_id, day, closed_at)
select %(workspace)s, ended.day::date, %(at)s
from generate_series(%(first)s::date, %(through)s::date, interval '1 day') as ended(day)
where not exists (
  select from metrics_closing c where c.workspace_id = %(workspace)s and c.day = ended.day::date
);
