select t.account_id, a.external_id, a.name, t.contract_id, coalesce(nullif(c.number, ''), c.external_id), t.number, t.day,
  t.outcome, t.is_open, t.value, t.value_renewed
from (
  select * from (
    <<terms>>
  ) every
  where (%(kinds)s::text[] is null or outcome = any(%(kinds)s) or (is_open and 'open' = any(%(kinds)s)))
    and (%(after_day)s::date is null
      or (day, contract_id, number) > (%(after_day)s::date, %(after)s::uuid, %(after_number)s::integer))
  order by day, contract_id, number limit %(limit)s
) t
join accounts_account a on a.workspace_id = %(workspace)s and a.id = t.account_id
join accounts_contract c on c.workspace_id = %(workspace)s and c.id = t.contract_id
order by t.day, t.contract_id, t.number
