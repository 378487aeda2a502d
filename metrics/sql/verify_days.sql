-- What does not hold between account days, the line spans and the rates they come from, in the workspace in scope
-- through its last closed day: (what, account, day). Knows nothing of how a closing works them out.
with change as (
  -- what the spans say: the net change per account, day and currency
  select account_id, day, currency, sum(change) as change
  from (
    select account_id, first_day as day, currency, mrr as change
    from metrics_linespan
    where workspace_id = %(workspace)s and first_day <= %(through)s
    union all
    select account_id, last_day + 1, currency, -mrr
    from metrics_linespan
    where workspace_id = %(workspace)s and last_day < %(through)s
  ) e
  group by 1, 2, 3
  having sum(change) <> 0
),
stored as materialized (
  select account_id, day, until, balance, other_balances, is_paying, customer_since, kind, amount,
    lag(is_paying, 1, false) over chain as was_paying, lead(day) over chain as next_day,
    first_value(day) over chain as first_day
  from metrics_accountday
  where workspace_id = %(workspace)s
  window chain as (partition by account_id order by day)
),
held as (
  -- what the days say: every currency an account ever held, on each of its days
  select account_id, day, %(base)s as currency, balance from stored
  union all
  select s.account_id, s.day, c.currency, coalesce((s.other_balances ->> c.currency)::numeric, 0)
  from stored s
  join (
    select distinct account_id, jsonb_object_keys(other_balances) as currency
    from stored where other_balances is not null
  ) c on c.account_id = s.account_id
),
moved as (
  select account_id, day, currency, change
  from (
    select account_id, day, currency,
      balance - lag(balance, 1, 0::numeric) over (partition by account_id, currency order by day) as change
    from held
  ) step
  where change <> 0
),
worth as (
  -- what each day's changes come to in base currency, at that day's rates
  select c.account_id, c.day,
    round(sum(c.change * case when c.currency = %(base)s then 1 else r.rate end), 2) as amount,
    bool_or(c.currency <> %(base)s) as is_foreign
  from change c
  left join lateral (
    select rate from accounts_fxrate
    where workspace_id = %(workspace)s and currency = c.currency and date <= c.day and voided_at is null
    order by date desc limit 1
  ) r on true
  group by 1, 2
),
finding as (
  select 'a day does not end where the next one begins' as what, account_id, day from stored
  where until is distinct from next_day
  union all
  select 'whether it pays does not follow from its balance', account_id, day from stored
  where is_paying <> (balance > 0 or other_balances is not null)
  union all
  select 'it is not a customer since its first day', account_id, day from stored where customer_since <> first_day
  union all
  select 'the kind of movement does not fit what it changed', account_id, day from stored
  where case
    when kind in ('new', 'reactivation') then was_paying or not is_paying or amount <= 0
    when kind = 'churn' then is_paying or not was_paying or amount >= 0
    when kind = 'expansion' then not was_paying or not is_paying or amount <= 0
    when kind = 'contraction' then not was_paying or not is_paying or amount >= 0
    else kind is not null
  end
  union all
  select 'the balance is not the sum of the lines alive', coalesce(c.account_id, m.account_id), coalesce(c.day, m.day)
  from change c full join moved m on m.account_id = c.account_id and m.day = c.day and m.currency = c.currency
  where c.change is distinct from m.change
  union all
  select 'it has a day on which nothing changed', s.account_id, s.day
  from stored s
  where not exists (select from change c where c.account_id = s.account_id and c.day = s.day)
  union all
  select 'the movement is not what the lines changed by', s.account_id, s.day
  from stored s join worth w on w.account_id = s.account_id and w.day = s.day
  -- rates entered since wait for the next closing
  where nullif(w.amount, 0) is distinct from s.amount and not (%(is_stale)s and w.is_foreign)
)
select f.what, coalesce(a.external_id, a.name, f.account_id::text) as account, f.day
from finding f left join accounts_account a on a.workspace_id = %(workspace)s and a.id = f.account_id
order by f.what, f.day, account;
