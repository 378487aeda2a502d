select h.account_id, a.external_id, a.name, h.native, h.worth
from (
  select * from (
    <<held>>
  ) every where (%(after)s::uuid is null or account_id > %(after)s::uuid)
  order by account_id limit %(limit)s
) h
join accounts_account a on a.workspace_id = %(workspace)s and a.id = h.account_id
order by h.account_id
