select h.account_id, a.external_id, a.name, h.worth, coalesce(h.now_worth, 0), least(h.worth, coalesce(h.now_worth, 0))
from (
  select t.account_id, t.worth, n.worth as now_worth
  from (
    select account_id, worth from then_worth where first = 1 and last > 1
    union all
    select account_id, worth from foreign_then
  ) t
  left join (
    select account_id, worth from now_worth where first = 1 and last > 1
    union all
    select account_id, worth from foreign_now
  ) n on n.account_id = t.account_id
  where %(after)s::uuid is null or t.account_id > %(after)s::uuid
  order by t.account_id limit %(limit)s
) h
join accounts_account a on a.workspace_id = %(workspace)s and a.id = h.account_id
order by h.account_id
