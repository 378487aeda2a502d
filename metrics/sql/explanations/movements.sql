-- Of the whole book: the rows as they are kept.
select m.account_id, a.external_id, a.name, m.day, m.kind, m.amount
from (
  select account_id, day, kind, amount from metrics_accountday
  where workspace_id = %(workspace)s and kind = any(%(kinds)s) and day between %(first)s and %(last)s
    and (%(after_day)s::date is null or (day, account_id) > (%(after_day)s::date, %(after)s::uuid))
  order by day, account_id limit %(limit)s
) m
join accounts_account a on a.workspace_id = %(workspace)s and a.id = m.account_id
order by m.day, m.account_id
