-- Per account converted and rounded, then added up. rows: accounts with something signed; came: with something known to end.
select 'committed', value::text, place::integer, null, null, false, count(*) filter (where has_new),
  count(*) filter (where has_lost), sum(committed_new), sum(committed_lost), null
from (
  select account_id, value, place, bool_or(is_new) as has_new, bool_or(not is_new) as has_lost,
    round(coalesce(sum(worth) filter (where is_new), 0), 2) as committed_new,
    round(coalesce(sum(worth) filter (where not is_new), 0), 2) as committed_lost
  from committed_line
  group by 1, 2, 3
) one
group by 2, 3
