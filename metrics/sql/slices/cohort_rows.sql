select value::text, cohort, null::integer, null::integer, count(*), null::numeric, null::numeric from joined
where cohort > 0 group by 1, 2
union all
select o.value::text, o.cohort, o.first, o.last, count(*), sum(o.worth), sum(least(o.worth, coalesce(b.worth, 0)))
from own o left join begun b on b.account_id = o.account_id and b.value is not distinct from o.value
group by 1, 2, 3, 4
