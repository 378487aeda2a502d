-- Per cohort (%(by)s of the first paid day) and later period end: how many of its accounts pay, what they are worth, and
-- the lesser of that and what each was worth at the end of the first period. `size` is all that ever joined. Quarters and
-- years begin %(shift)s months after the calendar's.
with ends as (
  select starts_on, ends_on from metrics_periodfigures
  where workspace_id = %(workspace)s and interval = %(by)s and through = ends_on
    -- Figures of another fiscal calendar are made anew by the next closing.
    and starts_on - make_interval(months => %(shift)s)
      = date_trunc(%(by)s, starts_on - make_interval(months => %(shift)s))
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
  select d.account_id, e.starts_on,
    (date_trunc(%(by)s, d.customer_since - make_interval(months => %(shift)s)) + make_interval(months => %(shift)s))::date
      as cohort,
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
  select account_id, value from worth where starts_on = cohort
),
size as (
  select
    (date_trunc(%(by)s, customer_since - make_interval(months => %(shift)s)) + make_interval(months => %(shift)s))::date
      as cohort,
    count(*) as size
  from metrics_accountday
  where workspace_id = %(workspace)s and day = customer_since
  group by 1
),
cell as (
  select w.cohort, w.starts_on, count(*) as customers,
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
