-- What happened from %(starts_on)s through %(through)s: one row of sums. The balances at the start are those at the
-- end of the month before, which is always closed first.
with before as (
  select mrr_end, customers_end from metrics_periodfigures
  where workspace_id = %(workspace)s and interval = 'month' and ends_on = %(starts_on)s::date - 1
),
moved as (
  select
    coalesce(sum(amount) filter (where kind = 'new'), 0) as new,
    coalesce(sum(amount) filter (where kind = 'expansion'), 0) as expansion,
    coalesce(sum(amount) filter (where kind = 'contraction'), 0) as contraction,
    coalesce(sum(amount) filter (where kind = 'churn'), 0) as churn,
    coalesce(sum(amount) filter (where kind = 'reactivation'), 0) as reactivation,
    count(*) filter (where kind = 'new') as new_customers
  from metrics_accountday
  where workspace_id = %(workspace)s and day between %(starts_on)s and %(through)s
),
-- Customers at the start who are none at the end, whatever they did between; not the number of churn movements.
lost as (
  select count(*) as churned_customers
  from metrics_accountday e
  join metrics_accountday s on s.workspace_id = e.workspace_id and s.account_id = e.account_id
    and s.day < %(starts_on)s and s.until >= %(starts_on)s and s.is_paying
  where e.workspace_id = %(workspace)s and e.day between %(starts_on)s and %(through)s
    and (e.until is null or e.until > %(through)s) and not e.is_paying
),
terms as (
  select count(*) as contracts_due,
    count(*) filter (where outcome in ('successor', 'itself')) as contracts_renewed,
    coalesce(sum(value), 0) as value_due, coalesce(sum(value_renewed), 0) as value_renewed
  from metrics_termend
  where workspace_id = %(workspace)s and day between %(starts_on)s and %(through)s
)
select coalesce((select mrr_end from before), 0) as mrr_start, new, expansion, contraction, churn, reactivation,
  coalesce((select customers_end from before), 0) as customers_start, new_customers, churned_customers,
  contracts_due, contracts_renewed, value_due, value_renewed
from moved, lost, terms;
