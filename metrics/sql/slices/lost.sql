-- Customers of the slice at the start of a period who pay nothing at all at its end.
select 'lost', s.value::text, g.place, null, null, false, count(*), null, null, null, null
from (
  select account_id, place
  from (
    select account_id, day, until, width_bucket(day, %(starts)s::date[]) as place from metrics_accountday
    where workspace_id = %(workspace)s and not is_paying and day between (%(starts)s::date[])[1] and %(through)s
  ) gone
  where until is null or until > (%(ends)s::date[])[place + 1]
) g
join slice_day s on s.account_id = g.account_id and s.is_paying
  and s.day < (%(starts)s::date[])[g.place] and (s.until is null or s.until >= (%(starts)s::date[])[g.place])
group by 2, 3
