-- The earliest day, and its currency, on which an amount of the current step that is not zero has no rate.
-- A balance to be counted on a day that period sums ask about is looked at too.
select currency, day
from (
  select currency, day from closing_delta where currency <> %(base)s and rate is null
  union all
  select lacking_currency, lacking_day from new_term where lacking_currency is not null
  union all
  select o.currency, a.day
  from (
    select through as day from counted_period where sign = 1
    union
    select year_ago from counted_period where sign = 1
  ) a
  join counted_day d on d.sign = 1 and d.other_balances is not null
    and d.day <= a.day and (d.until is null or d.until > a.day)
  cross join lateral jsonb_object_keys(d.other_balances) o(currency)
  where not exists (
    select from counted_rate r where r.sign = 1 and r.day = a.day and r.currency = o.currency
  )
) lacking
order by day, currency
limit 1;
