-- {currency: rate} in force on %(day)s, as text.
select coalesce(jsonb_object_agg(currency, rate::text), '{}') as rates
from (
  select distinct on (currency) currency, rate
  from accounts_fxrate
  where workspace_id = %(workspace)s and voided_at is null and currency <> %(base)s and date <= %(day)s
  order by currency, date desc
) rate;
