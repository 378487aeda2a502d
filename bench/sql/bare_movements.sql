-- The least that makes the movements at all.
insert into bench_bare_movement
with event as (
  select account_id, first_day as day, currency, mrr as change from metrics_linespan
  where workspace_id = %(workspace)s and first_day <= %(through)s
  union all
  select account_id, last_day + 1, currency, -mrr from metrics_linespan
  where workspace_id = %(workspace)s and last_day < %(through)s
),
delta as (
  select e.account_id, e.day, e.currency, sum(e.change) as change,
    sum(sum(e.change)) over (partition by e.account_id, e.currency order by e.day) as balance
  from event e
  group by 1, 2, 3
),
converted as (
  select d.account_id, d.day,
    round(sum(d.change * case when d.currency = %(base)s then 1 else (
      select rate from accounts_fxrate r
      where r.workspace_id = %(workspace)s and r.voided_at is null and r.currency = d.currency and r.date <= d.day
      order by r.date desc limit 1
    ) end), 2) as amount,
    sum(d.balance) as balance
  from delta d
  where d.change <> 0
  group by 1, 2
)
select %(workspace)s, account_id, day,
  case
    when row_number() over account_days = 1 then 'new'
    when lag(balance) over account_days = 0 then 'reactivation'
    when balance = 0 then 'churn'
    when amount > 0 then 'expansion'
    else 'contraction'
  end,
  amount
from converted
where amount <> 0
window account_days as (partition by account_id order by day);
