-- Accounts with something signed and not begun, or known to end: in each currency, and what that is worth.
select c.account_id, a.external_id, a.name, c.since, c.native, c.worth
from (
  select account_id, min(since) as since, round(coalesce(sum(worth), 0), 2) as worth,
    jsonb_object_agg(currency, amount::text) filter (where currency <> %(base)s) as native
  from (
    select account_id, currency, min(since) as since, sum(mrr) as amount, sum(worth) as worth
    from committed_line
    where place = 1 and is_new = %(is_new)s and (%(after)s::uuid is null or account_id > %(after)s::uuid)
    group by 1, 2
  ) each_currency
  group by 1
  order by 1 limit %(limit)s
) c
join accounts_account a on a.workspace_id = %(workspace)s and a.id = c.account_id
order by c.account_id
