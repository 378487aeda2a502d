-- Some periods of the workspace in scope, each sum as it is kept (plain name) and as account days, term ends and spend
-- give it now (found_…). %(through)s and %(then)s: the last days of the periods and the day that retention looks back to from each.
with pair as (
  select * from unnest(%(through)s::date[], %(then)s::date[]) p(through, a_year_before)
),
period as (
  select p.* from metrics_periodfigures p join pair using (through) where p.workspace_id = %(workspace)s
),
day as (
  select through as day from pair
  union select a_year_before from pair
  union select starts_on - 1 from period
),
rate as (
  select d.day, c.currency, r.rate
  from day d
  cross join (select distinct currency from accounts_fxrate where workspace_id = %(workspace)s) c
  cross join lateral (
    select rate from accounts_fxrate
    where workspace_id = %(workspace)s and currency = c.currency and date <= d.day and voided_at is null
    order by date desc limit 1
  ) r
),
worth as materialized (
  -- each paying account on each of the days, in base currency at that day's rates
  select d.day, a.account_id, a.other_balances is not null as is_foreign,
    case when a.other_balances is null then a.balance else round(a.balance + (
      select sum(o.value::numeric * r.rate)
      from jsonb_each_text(a.other_balances) o join rate r on r.currency = o.key and r.day = d.day
    ), 2) end as value
  from day d
  join metrics_accountday a on a.workspace_id = %(workspace)s and a.day <= d.day
    and (a.until is null or a.until > d.day) and a.is_paying
),
total as (
  select day, sum(value) as value, count(*) as customers from worth group by 1
),
year as (
  select p.through, sum(t.value) as nrr_then, sum(n.value) as nrr_now,
    sum(least(n.value, t.value)) filter (where n.value is not null) as grr_now
  from pair p
  join worth t on t.day = p.a_year_before
  left join worth n on n.day = p.through and n.account_id = t.account_id
  group by 1
),
lost as (
  select p.interval, p.starts_on, count(*) as customers
  from period p
  join worth b on b.day = p.starts_on - 1
  left join worth a on a.day = p.through and a.account_id = b.account_id
  where a.account_id is null
  group by 1, 2
)
select p.interval, p.starts_on, p.through,
  p.mrr_start, coalesce(s.value, 0) as found_mrr_start,
  p.mrr_end, coalesce(e.value, 0) as found_mrr_end,
  p.customers_start, coalesce(s.customers, 0) as found_customers_start,
  p.customers_end, coalesce(e.customers, 0) as found_customers_end,
  p.new, m.new as found_new,
  p.expansion, m.expansion as found_expansion,
  p.contraction, m.contraction as found_contraction,
  p.churn, m.churn as found_churn,
  p.reactivation, m.reactivation as found_reactivation,
  p.new_customers, m.new_customers as found_new_customers,
  p.churned_customers, coalesce(l.customers, 0) as found_churned_customers,
  p.nrr_then, coalesce(y.nrr_then, 0) as found_nrr_then,
  p.nrr_now, coalesce(y.nrr_now, 0) as found_nrr_now,
  p.grr_now, coalesce(y.grr_now, 0) as found_grr_now,
  p.contracts_due, t.contracts_due as found_contracts_due,
  p.contracts_renewed, t.contracts_renewed as found_contracts_renewed,
  p.value_due, t.value_due as found_value_due,
  p.value_renewed, t.value_renewed as found_value_renewed,
  p.spend, x.spend as found_spend,
  exists (
    select from metrics_accountday a
    where a.workspace_id = %(workspace)s and a.other_balances is not null and a.day <= p.through
      and (a.until is null or a.until >= p.starts_on)
  ) as has_foreign_balances
from period p
left join total s on s.day = p.starts_on - 1
left join total e on e.day = p.through
left join year y on y.through = p.through
left join lost l on l.interval = p.interval and l.starts_on = p.starts_on
cross join lateral (
  select
    coalesce(sum(amount) filter (where kind = 'new'), 0) as new,
    coalesce(sum(amount) filter (where kind = 'expansion'), 0) as expansion,
    coalesce(sum(amount) filter (where kind = 'contraction'), 0) as contraction,
    coalesce(sum(amount) filter (where kind = 'churn'), 0) as churn,
    coalesce(sum(amount) filter (where kind = 'reactivation'), 0) as reactivation,
    count(*) filter (where kind = 'new') as new_customers
  from metrics_accountday
  where workspace_id = %(workspace)s and day between p.starts_on and p.through
) m
cross join lateral (
  select count(*) as contracts_due, count(*) filter (where outcome in ('successor', 'itself')) as contracts_renewed,
    coalesce(sum(value), 0) as value_due, coalesce(sum(value_renewed), 0) as value_renewed
  from metrics_termend
  where workspace_id = %(workspace)s and day between p.starts_on and p.through
) t
cross join lateral (
  select coalesce(sum(amount), 0) as spend from leads_spend
  where workspace_id = %(workspace)s and date between p.starts_on and p.through and voided_at is null
) x
order by p.starts_on, p.interval;
