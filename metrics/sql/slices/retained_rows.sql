select 'then', value::text, first, last, null, false, count(*), null, sum(worth), null, null
from then_worth where last > first group by 2, 3, 4
union all
select 'now', a.value::text, greatest(a.first, b.first), least(a.last, b.last), null, false, count(*), null,
  null, sum(b.worth), sum(least(a.worth, b.worth))
from then_worth a
join now_worth b on b.account_id = a.account_id<<same_value>> and b.first < a.last and a.first < b.last
where b.last > b.first and a.last > a.first
group by 2, 3, 4
union all
select 'then', a.value::text, a.place::integer, a.place::integer + 1, null, true, count(*), null, sum(a.worth),
  coalesce(sum(b.worth), 0), coalesce(sum(least(a.worth, b.worth)) filter (where b.worth is not null), 0)
from foreign_then a
left join foreign_now b on b.account_id = a.account_id<<same_value>> and b.place = a.place
group by 2, 3, 4
