-- What all accounts were worth at the end of %(through)s, and what those who were customers at the end of %(then)s
-- (a year earlier) were worth on both days; each account converted at the day's own rate and rounded to cents before
-- it is added.
with rate as (
  select p.day, c.currency, r.rate
  from (values (%(through)s::date), (%(then)s::date)) p(day)
  cross join (select distinct currency from closing_rate) c
  cross join lateral (
    select rate from closing_rate
    where currency = c.currency and from_day <= p.day
    order by from_day desc limit 1
  ) r
),
now_worth as materialized (
  select d.account_id,
    case when d.other_balances is null then d.balance else round(d.balance + (
      select sum(o.value::numeric * r.rate)
      from jsonb_each_text(d.other_balances) o join rate r on r.currency = o.key and r.day = %(through)s
    ), 2) end as value
  from metrics_accountday d
  where d.workspace_id = %(workspace)s and d.day <= %(through)s and (d.until is null or d.until > %(through)s)
    and d.is_paying
),
then_worth as (
  select d.account_id,
    case when d.other_balances is null then d.balance else round(d.balance + (
      select sum(o.value::numeric * r.rate)
      from jsonb_each_text(d.other_balances) o join rate r on r.currency = o.key and r.day = %(then)s
    ), 2) end as value
  from metrics_accountday d
  where d.workspace_id = %(workspace)s and d.day <= %(then)s and (d.until is null or d.until > %(then)s)
    and d.is_paying
),
year as (
  select coalesce(sum(t.value), 0) as nrr_then, coalesce(sum(n.value), 0) as nrr_now,
    coalesce(sum(least(n.value, t.value)) filter (where n.value is not null), 0) as grr_now
  from then_worth t left join now_worth n on n.account_id = t.account_id
)
select coalesce(sum(value), 0) as mrr_end, count(*) as customers_end,
  (select nrr_then from year), (select nrr_now from year), (select grr_now from year)
from now_worth;
