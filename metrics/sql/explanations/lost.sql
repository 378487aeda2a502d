-- Customers at the start who pay nothing at the end. They are found by the days on which they stopped.
select h.account_id, a.external_id, a.name, h.native, h.worth
from (
  select every.* from (
    <<held>>
  ) every
  join metrics_accountday e on e.workspace_id = %(workspace)s and e.account_id = every.account_id
    and e.day between %(first)s and %(last)s and not e.is_paying and (e.until is null or e.until > %(last)s)
  where %(after)s::uuid is null or every.account_id > %(after)s::uuid
  order by every.account_id limit %(limit)s
) h
join accounts_account a on a.workspace_id = %(workspace)s and a.id = h.account_id
order by h.account_id
