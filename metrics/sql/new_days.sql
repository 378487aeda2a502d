-- From touched (account_id) and their line spans: new_day, one row for each account and day through %(through)s on
-- which its balance changed in any currency, with the movement that this was.
--
-- A day whose net is zero is no change: a line that ends where an equal one begins moves nothing.
--
-- closing_delta: the net change per account, day and other currency, with the day's rate. Only other currencies go
-- through a table of their own; most accounts have none, and their changes are summed once, on the way.
insert into closing_delta
select d.account_id, d.day, d.currency, d.change, r.rate
from (
  select e.account_id, e.day, e.currency, sum(e.change) as change
  from (
    select s.account_id, s.first_day as day, s.currency, s.mrr as change
    from metrics_linespan s join touched t on t.account_id = s.account_id
    where s.workspace_id = %(workspace)s and s.currency <> %(base)s and s.first_day <= %(through)s
    union all
    select s.account_id, s.last_day + 1, s.currency, -s.mrr
    from metrics_linespan s join touched t on t.account_id = s.account_id
    where s.workspace_id = %(workspace)s and s.currency <> %(base)s and s.last_day < %(through)s
  ) e
  group by 1, 2, 3
  having sum(e.change) <> 0
) d
left join lateral (
  select rate from closing_rate
  where currency = d.currency and from_day <= d.day
  order by from_day desc limit 1
) r on true;
analyze closing_delta;

insert into new_day
with base_change as (
  select e.account_id, e.day, sum(e.change) as change
  from (
    select s.account_id, s.first_day as day, s.mrr as change
    from metrics_linespan s join touched t on t.account_id = s.account_id
    where s.workspace_id = %(workspace)s and s.currency = %(base)s and s.first_day <= %(through)s
    union all
    select s.account_id, s.last_day + 1, -s.mrr
    from metrics_linespan s join touched t on t.account_id = s.account_id
    where s.workspace_id = %(workspace)s and s.currency = %(base)s and s.last_day < %(through)s
  ) e
  group by 1, 2
  having sum(e.change) <> 0
),
other_change as (
  select account_id, day, sum(change * rate) as amount from closing_delta group by 1, 2
),
-- The balances in other currencies, for accounts that have any: every currency of the account on each day on which
-- anything of it may have changed.
other_account as materialized (
  select distinct account_id, currency from closing_delta
),
other_day as (
  select account_id, day from closing_delta
  union
  select s.account_id, d.day
  from (select distinct account_id from other_account) o
  join metrics_linespan s on s.workspace_id = %(workspace)s and s.account_id = o.account_id
    and s.currency = %(base)s
  cross join lateral (values (s.first_day), (s.last_day + 1)) d(day)
  where d.day <= %(through)s
),
other as (
  select account_id, day,
    jsonb_object_agg(currency, balance::text) filter (where balance > 0) as balances
  from (
    select d.account_id, d.day, o.currency,
      sum(coalesce(c.change, 0)) over (partition by d.account_id, o.currency order by d.day) as balance
    from other_account o
    join other_day d on d.account_id = o.account_id
    left join closing_delta c on c.account_id = d.account_id and c.day = d.day and c.currency = o.currency
  ) running
  group by 1, 2
),
changed as (
  select coalesce(b.account_id, o.account_id) as account_id, coalesce(b.day, o.day) as day,
    coalesce(b.change, 0) as base_change, round(coalesce(b.change, 0) + coalesce(o.amount, 0), 2) as amount
  from base_change b
  full join other_change o on o.account_id = b.account_id and o.day = b.day
),
balanced as (
  select c.account_id, c.day, c.base_change, c.amount, o.balances as other_balances,
    sum(c.base_change) over account_days as balance,
    lag(o.balances) over account_days as other_balances_before,
    lag(c.day) over account_days as day_before,
    lead(c.day) over account_days as until,
    first_value(c.day) over account_days as customer_since
  from changed c
  left join other o on o.account_id = c.account_id and o.day = c.day
  window account_days as (partition by c.account_id order by c.day)
)
select account_id, day, until, balance, other_balances, (balance > 0 or other_balances is not null), customer_since,
  -- The zero tests come before the size tests, or a return would be called an expansion. An amount that rounds to
  -- nothing is no movement, though the account counts as having paid.
  case
    when amount = 0 then null
    when day = customer_since then 'new'
    when balance - base_change = 0 and other_balances_before is null then
      -- Whoever was away for longer than the settings of the day of return allow counts as new again. The row before
      -- is the day on which the account left.
      case when day - day_before > (
        select s.reactivation_after_days from workspaces_metricsettings s
        where s.workspace_id = %(workspace)s and s.effective_from <= day
        order by s.effective_from desc limit 1
      ) then 'new' else 'reactivation' end
    when balance = 0 and other_balances is null then 'churn'
    when amount > 0 then 'expansion'
    else 'contraction'
  end,
  nullif(amount, 0)
from balanced;
analyze new_day (account_id, day);
