-- Per channel of origin and month: customers at its start, and those of them who were none at its last closed day.
-- An account's channel is the one it had on that day, '' without one.
with month as (
  select * from unnest(%(starts)s::date[], %(throughs)s::date[]) m(starts_on, through)
)
select m.starts_on, coalesce(t.before, a.channel) as channel, count(*) as customers_start,
  count(*) filter (where not e.is_paying) as churned_customers
from month m
join metrics_accountday s on s.workspace_id = %(workspace)s and s.day < m.starts_on
  and (s.until is null or s.until >= m.starts_on) and s.is_paying
join metrics_accountday e on e.workspace_id = %(workspace)s and e.account_id = s.account_id and e.day <= m.through
  and (e.until is null or e.until > m.through)
join accounts_account a on a.workspace_id = %(workspace)s and a.id = s.account_id
left join lateral (
  select x.before[1] as before from accounts_traitchange x
  where x.workspace_id = %(workspace)s and x.account_id = s.account_id and x.dimension = 'channel'
    and x.changed_on > m.through
  order by x.changed_on limit 1
) t on true
group by 1, 2;
