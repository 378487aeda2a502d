select s.account_id, a.external_id, a.name, s.day, s.kind, s.amount, s.value::text
from (
  select account_id, day, kind, amount, value from slice_day
  where kind is not null and day between %(first)s and %(through)s and (%(kind)s::text is null or kind = %(kind)s)
    and (%(after_day)s::date is null
      or (day, account_id, coalesce(value::text, '')) > (%(after_day)s, %(after_account)s::uuid, %(after_group)s::text))
  order by day, account_id, coalesce(value::text, '')
  limit %(limit)s
) s
join accounts_account a on a.workspace_id = %(workspace)s and a.id = s.account_id
order by s.day, s.account_id, coalesce(s.value::text, '')
