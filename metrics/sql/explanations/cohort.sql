-- The accounts of a cohort: what each was worth at the end of its own period, and is worth at the end of the one asked for.
select h.account_id, a.external_id, a.name, h.since, h.first_worth, h.worth, h.is_paying
from (
  select j.account_id, j.since, sum(o.worth) filter (where o.first = j.cohort) as first_worth,
    sum(o.worth) filter (where o.first <= %(place)s and o.last > %(place)s) as worth,
    coalesce(bool_or(o.first <= %(place)s and o.last > %(place)s), false) as is_paying
  from joined j
  left join own o on o.account_id = j.account_id
  where j.cohort = %(cohort)s and (%(after)s::uuid is null or j.account_id > %(after)s::uuid)
  group by 1, 2
  order by 1 limit %(limit)s
) h
join accounts_account a on a.workspace_id = %(workspace)s and a.id = h.account_id
order by h.account_id
