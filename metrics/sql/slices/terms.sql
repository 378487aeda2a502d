-- Term ends by period: of accounts that were in the slice on the day.
select 'terms', t.slice_value::text, width_bucket(t.day, %(starts)s::date[]), null, t.outcome, t.is_open, count(*), null,
  sum(t.value), sum(t.value_renewed), null
from (
  <<terms>>
) t
group by 2, 3, 5, 6
