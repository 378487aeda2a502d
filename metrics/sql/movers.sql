-- By kind: how many movements of the days, what they come to, and the account that moved most.
select m.kind, m.rows, m.total, m.account_id, a.name as account_name, m.amount
from (
  select kind, count(*) as rows, sum(amount) as total,
    (array_agg(account_id order by abs(amount) desc, account_id))[1] as account_id,
    (array_agg(amount order by abs(amount) desc, account_id))[1] as amount
  from metrics_accountday
  where workspace_id = %(workspace)s and kind is not null and day between %(first)s and %(last)s
  group by 1
) m
join accounts_account a on a.workspace_id = %(workspace)s and a.id = m.account_id
