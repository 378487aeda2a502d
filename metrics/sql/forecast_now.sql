-- What some of the accounts pay at the end of %(closed)s, at the rates of that day, per account and rounded to cents, as
-- forecast_months.sql does it.
with rate as (
  select distinct on (currency) currency, rate
  from accounts_fxrate
  where workspace_id = %(workspace)s and voided_at is null and currency <> %(base)s and date <= %(closed)s
  order by currency, date desc
)
select coalesce(sum(worth), 0.00) as mrr
from (
  select round(sum(s.mrr * case when s.currency = %(base)s then 1 else r.rate end), 2) as worth
  from metrics_linespan s
  left join rate r on r.currency = s.currency
  where s.workspace_id = %(workspace)s and s.first_day <= %(closed)s
    and (s.last_day is null or s.last_day >= %(closed)s) /* among */
  group by s.account_id
) one
