-- What the rates moved, by account: worth at the end − worth at the start − movements, where anything is left.
select f.account_id, a.external_id, a.name, f.worth_start, f.moved, f.worth_end, f.worth_end - f.worth_start - f.moved
from (
  select account_id, sum(worth_start) as worth_start, sum(worth_end) as worth_end, sum(moved) as moved
  from (
    select account_id, worth as worth_start, 0 as worth_end, 0 as moved from (
      <<held_start>>
    ) at_start
    union all
    select account_id, 0, worth, 0 from (
      <<held_end>>
    ) at_end
    union all
    select account_id, 0, 0, amount from slice_day where kind is not null and day between %(first)s and %(last)s
  ) parts
  -- What never had anything but base currency cannot have been moved.
  where account_id in (select account_id from foreign_account)
  group by 1
  having sum(worth_end) - sum(worth_start) - sum(moved) <> 0
) f
join accounts_account a on a.workspace_id = %(workspace)s and a.id = f.account_id
where %(after)s::uuid is null or f.account_id > %(after)s::uuid
order by f.account_id
limit %(limit)s
