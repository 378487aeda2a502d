-- What accounts with other currencies are worth at the end of each period, each converted and rounded by itself.
select 'foreign', value::text, place, null, null, true, count(*), null, sum(worth), null, null
from (
  <<whole>>
  -- In one currency there is nothing to add up before rounding.
  select r.account_id, r.value, e.place, round(r.balance * case when r.currency = %(base)s then 1 else f.rate end, 2) as worth
  from slice_run r
  join period_end e on r.day <= e.day and (r.until is null or r.until > e.day)
  left join end_rate f on f.day = e.day and f.currency = r.currency
  where r.balance > 0 and not exists (select from several_currencies x where x.account_id = r.account_id)
  union all
  select r.account_id, r.value, e.place, round(sum(r.balance * case when r.currency = %(base)s then 1 else f.rate end), 2)
  from slice_run r
  join several_currencies using (account_id)
  join period_end e on r.day <= e.day and (r.until is null or r.until > e.day)
  left join end_rate f on f.day = e.day and f.currency = r.currency
  where r.balance > 0
  group by r.account_id, r.value, e.place
) one
group by 2, 3
