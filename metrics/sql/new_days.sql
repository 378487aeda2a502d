-- From touched (account_id) and their line spans: new_day, one row for each account and day through %(through)s on
-- which its balance changed in any currency, with the movement that this was.
--
-- closing_delta: the net change per account, day and currency. A day whose net is zero is no change: a line that ends
-- where an equal one begins moves nothing.
insert into closing_delta
select d.account_id, d.day, d.currency, d.change, r.rate
from (
  select e.account_id, e.day, e.currency, sum(e.change) as change
  from (
    select s.account_id, s.first_day as day, s.currency, s.mrr as change
    from metrics_linespan s join touched t on t.account_id = s.account_id
    where s.workspace_id = %(workspace)s and s.first_day <= %(through)s
    union all
    select s.account_id, s.last_day + 1, s.currency, -s.mrr
    from metrics_linespan s join touched t on t.account_id = s.account_id
    where s.workspace_id = %(workspace)s and s.last_day < %(through)s
  ) e
  group by 1, 2, 3
  having sum(e.change) <> 0
) d
left join lateral (
  select rate from closing_rate
  where d.currency <> %(base)s and currency = d.currency and from_day <= d.day
  order by from_day desc limit 1
) r on true;
analyze closing_delta (account_id, day, currency);

insert into new_day
-- The balances in other currencies, for accounts that have any: every currency of the account on each of its days.
with foreign_account as materialized (
  select distinct account_id, currency from closing_delta where currency <> %(base)s
),
other as (
  select account_id, day,
    jsonb_object_agg(currency, balance::text) filter (where balance > 0) as balances
  from (
    select d.account_id, d.day, c.currency,
      sum(coalesce(o.change, 0)) over (partition by d.account_id, c.currency order by d.day) as balance
    from foreign_account c
    join (
      select distinct account_id, day from closing_delta
      where account_id in (select account_id from foreign_account)
    ) d on d.account_id = c.account_id
    left join (select * from closing_delta where currency <> %(base)s) o
      on o.account_id = d.account_id and o.day = d.day and o.currency = c.currency
  ) running
  group by 1, 2
),
changed as (
  select account_id, day,
    coalesce(sum(change) filter (where currency = %(base)s), 0) as base_change,
    round(sum(change * case when currency = %(base)s then 1 else rate end), 2) as amount
  from closing_delta
  group by 1, 2
),
balanced as (
  select c.account_id, c.day, c.base_change, c.amount, o.balances as other_balances,
    sum(c.base_change) over account_days as balance,
    lag(o.balances) over account_days as other_balances_before,
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
    when balance - base_change = 0 and other_balances_before is null then 'reactivation'
    when balance = 0 and other_balances is null then 'churn'
    when amount > 0 then 'expansion'
    else 'contraction'
  end,
  nullif(amount, 0)
from balanced;
analyze new_day (account_id, day);
