-- What is known to happen to accounts' MRR between the end of %(closed)s and the end of %(day)s: one row for each
-- account whose MRR will be another, by account, after %(after)s. Both are converted at the rates of %(closed)s, per
-- account and rounded to cents, so that the rows add up to what forecast_months.sql says.
with rate as (
  select distinct on (currency) currency, rate
  from accounts_fxrate
  where workspace_id = %(workspace)s and voided_at is null and currency <> %(base)s and date <= %(closed)s
  order by currency, date desc
),
moving as (
  select s.account_id from metrics_linespan s
  where s.workspace_id = %(workspace)s and s.first_day > %(closed)s and s.first_day <= %(day)s /* among */
  union
  select s.account_id from metrics_linespan s
  where s.workspace_id = %(workspace)s and s.last_day >= %(closed)s and s.last_day < %(day)s /* among */
),
worth as (
  select s.account_id,
    round(coalesce(sum(s.mrr * case when s.currency = %(base)s then 1 else r.rate end) filter (
      where s.first_day <= %(closed)s and (s.last_day is null or s.last_day >= %(closed)s)
    ), 0), 2) as before,
    round(coalesce(sum(s.mrr * case when s.currency = %(base)s then 1 else r.rate end) filter (
      where s.first_day <= %(day)s and (s.last_day is null or s.last_day >= %(day)s)
    ), 0), 2) as after
  from moving m
  join metrics_linespan s on s.workspace_id = %(workspace)s and s.account_id = m.account_id
  left join rate r on r.currency = s.currency
  group by 1
)
select w.account_id, a.external_id, a.name, w.before, w.after, w.after - w.before as change
from worth w
join accounts_account a on a.workspace_id = %(workspace)s and a.id = w.account_id
where w.before <> w.after and (%(after)s::uuid is null or w.account_id > %(after)s)
order by w.account_id
limit %(most)s;
