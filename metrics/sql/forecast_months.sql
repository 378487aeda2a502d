-- What is known to happen to MRR from the end of %(closed)s to the end of each of %(days)s: what comes and what goes, per
-- account at the rates of %(closed)s. Only accounts with a line that begins or ends on the way are looked at.
with rate as (
  select distinct on (currency) currency, rate
  from accounts_fxrate
  where workspace_id = %(workspace)s and voided_at is null and currency <> %(base)s and date <= %(closed)s
  order by currency, date desc
),
moving as (
  select s.account_id from metrics_linespan s
  where s.workspace_id = %(workspace)s and s.first_day > %(closed)s
    and s.first_day <= (select max(day) from unnest(%(days)s::date[]) day) /* among */
  union
  select s.account_id from metrics_linespan s
  where s.workspace_id = %(workspace)s and s.last_day >= %(closed)s
    and s.last_day < (select max(day) from unnest(%(days)s::date[]) day) /* among */
),
span as materialized (
  select s.account_id, s.first_day, s.last_day,
    s.mrr * case when s.currency = %(base)s then 1 else r.rate end as worth
  from moving m
  join metrics_linespan s on s.workspace_id = %(workspace)s and s.account_id = m.account_id
  left join rate r on r.currency = s.currency
  where s.last_day is null or s.last_day >= %(closed)s
),
change as (
  select d.day, s.account_id,
    round(coalesce(sum(s.worth) filter (
      where s.first_day <= d.day and (s.last_day is null or s.last_day >= d.day)
    ), 0), 2) - round(coalesce(sum(s.worth) filter (where s.first_day <= %(closed)s), 0), 2) as change
  from unnest(%(days)s::date[]) d(day) cross join span s
  group by 1, 2
)
select day, coalesce(sum(change) filter (where change > 0), 0) as gained,
  coalesce(sum(change) filter (where change < 0), 0) as lost, count(*) filter (where change <> 0) as accounts
from change
group by 1
order by 1;
