-- Then and now of those who were customers a year earlier.
select h.account_id, a.external_id, a.name, h.worth, coalesce(h.now_worth, 0), least(h.worth, coalesce(h.now_worth, 0))
from (
  select then_held.account_id, then_held.worth, now_held.worth as now_worth
  from (
    select * from (
      <<then_held>>
    ) every where (%(after)s::uuid is null or account_id > %(after)s::uuid)
    order by account_id limit %(limit)s
  ) then_held
  left join lateral (
    <<now_held>>
  ) now_held on true
) h
join accounts_account a on a.workspace_id = %(workspace)s and a.id = h.account_id
order by h.account_id
