-- What charts over time show beside their figures: goals of a whole workspace or of a team, and notes.
select metric, starts_on as day, value, '' as text, null::uuid as id
from metrics_goal
where workspace_id = %(workspace)s and interval = %(interval)s and metric = any(%(keys)s)
  and team_id is not distinct from %(team)s::uuid and starts_on between %(first)s and %(last)s
union all
select '', date, null, text, id
from metrics_annotation
where workspace_id = %(workspace)s and voided_at is null and date >= %(first)s and date < %(past)s
order by day, id
