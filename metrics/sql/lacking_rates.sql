-- The earliest day, and its currency, on which an amount of the current step that is not zero has no rate.
-- A balance standing on one of the %(days)s is looked at too.
select currency, day
from (
  select currency, day from closing_delta where currency <> %(base)s and rate is null
  union all
  select lacking_currency, lacking_day from new_term where lacking_currency is not null
  union all
  select s.currency, p.day
  from unnest(%(days)s::date[]) p(day)
  join metrics_linespan s on s.workspace_id = %(workspace)s and s.currency <> %(base)s
    and s.first_day <= p.day and (s.last_day is null or s.last_day >= p.day)
  where not exists (select from closing_rate r where r.currency = s.currency and r.from_day <= p.day)
) lacking
order by day, currency
limit 1;
