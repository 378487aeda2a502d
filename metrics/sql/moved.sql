-- Before write_days.sql: which movements of the touched accounts will differ once new_day is written, days through
-- %(after)s excepted, oldest first, and in every row how many they are in all and between which days.
with moved as (
  select
    coalesce(n.account_id, d.account_id) as account_id,
    coalesce(n.day, d.day) as day,
    case when d.account_id is null then 'created' when n.account_id is null then 'removed' else 'changed' end as what,
    coalesce(n.kind, d.kind) as kind,
    coalesce(n.amount, d.amount) as amount
  from (
    select account_id, day, kind, amount from metrics_accountday
    where workspace_id = %(workspace)s and account_id in (select account_id from touched) and kind is not null
      and (%(after)s::date is null or day > %(after)s)
  ) d
  full join (
    select account_id, day, kind, amount from new_day
    where kind is not null and (%(after)s::date is null or day > %(after)s)
  ) n on n.account_id = d.account_id and n.day = d.day
  where n.kind is distinct from d.kind or n.amount is distinct from d.amount
),
total as (
  select count(*) as total, min(day) as first_day, max(day) as last_day from moved
)
select m.account_id, a.external_id, m.day, m.what, m.kind, m.amount, t.total, t.first_day, t.last_day
from moved m
join accounts_account a on a.workspace_id = %(workspace)s and a.id = m.account_id
cross join total t
order by m.day, m.account_id
limit %(most)s;
