select 'moved' as what, value::text as value, width_bucket(day, %(starts)s::date[]) as place, null::integer as last,
  kind, is_foreign, count(*) as rows, sum(came) as came, sum(amount) as first, null::numeric as second, null::numeric as third
from slice_day
group by 2, 3, 5, 6
