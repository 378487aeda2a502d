-- Per cohort (%(by)s of the first paid day) and later period end: how many of its accounts pay, what they are worth, and
-- the lesser of that and what each was worth at the end of the first period. `size` is all that ever joined.
with ends as (
  select starts_on, ends_on from metrics_periodfigures
  where workspace_id = %(workspace)s and interval = %(by)s and through = ends_on
),
rate as (
  select e.ends_on, c.currency, r.rate
  from ends e
  cross join (
    select distinct currency from accounts_fxrate where workspace_id = %(workspace)s and voided_at is null
  ) c
  cross join lateral (
    select rate from accounts_fxrate
    where workspace_id = %(workspace)s and voided_at is null and currency = c.currency and date <= e.ends_on
    order by date desc limit 1
  ) r
),
worth as (
  select d.account_id, d.customer_since, e.starts_on,
    case when d.other_balances is null then d.balance else round(d.balance + (
      select sum(o.value::numeric * r.rate)
      from jsonb_each_text(d.other_balances) o join rate r on r.currency = o.key and r.ends_on = e.ends_on
    ), 2) end as value
  from ends e
  join metrics_accountday d on d.workspace_id = %(workspace)s and d.day <= e.ends_on
    and (d.until is null or d.until > e.ends_on)
  where d.is_paying
),
first_worth as (
  select account_id, value from worth where starts_on = date_trunc(%(by)s, customer_since)::date
),
size as (
  select date_trunc(%(by)s, customer_since)::date as cohort, count(*) as size
  from metrics_accountday
  where workspace_id = %(workspace)s and day = customer_since
  group by 1
),
cell as (
  select date_trunc(%(by)s, w.customer_since)::date as cohort, w.starts_on, count(*) as customers,
    sum(w.value) as net_mrr, sum(least(w.value, coalesce(f.value, 0))) as gross_mrr
  from worth w left join first_worth f on f.account_id = w.account_id
  group by 1, 2
)
select s.cohort, s.size, e.starts_on, coalesce(c.customers, 0) as customers, coalesce(c.net_mrr, 0) as net_mrr,
  coalesce(c.gross_mrr, 0) as gross_mrr
from size s
join ends e on e.starts_on >= s.cohort
left join cell c on c.cohort = s.cohort and c.starts_on = e.starts_on
order by s.cohort, e.starts_on;
