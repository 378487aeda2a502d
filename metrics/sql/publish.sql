-- The current values onto the unpublished accounts: the only writer of these columns, only where they differ.
with rate as (
  select key as currency, value::numeric as rate from jsonb_each_text(%(rates)s::jsonb)
),
due as (
  select t.account_id, min(t.day) as renewal_on
  from unpublished u
  join metrics_termend t on t.workspace_id = %(workspace)s and t.account_id = u.account_id
  where (t.day > %(through)s and t.outcome in ('undecided', 'itself'))
    -- Overdue but still within its grace.
    or (t.outcome = 'undecided' and t.day <= %(through)s and t.grace_ends_on >= %(through)s)
  group by 1
),
figure as (
  select u.account_id,
    case when d.other_balances is null then coalesce(d.balance, 0) else round(d.balance + (
      select sum(o.value::numeric * r.rate) from jsonb_each_text(d.other_balances) o join rate r on r.currency = o.key
    ), 2) end * 100 as mrr_cents,
    d.customer_since,
    case when not d.is_paying then d.day end as churned_on,
    t.renewal_on
  from unpublished u
  left join metrics_accountday d on d.workspace_id = %(workspace)s and d.account_id = u.account_id and d.until is null
  left join due t on t.account_id = u.account_id
)
update accounts_account a
set mrr_cents = f.mrr_cents, customer_since = f.customer_since, churned_on = f.churned_on, renewal_on = f.renewal_on
from figure f
where a.workspace_id = %(workspace)s and a.id = f.account_id
  and (a.mrr_cents, a.customer_since, a.churned_on, a.renewal_on)
    is distinct from (f.mrr_cents::bigint, f.customer_since, f.churned_on, f.renewal_on);
