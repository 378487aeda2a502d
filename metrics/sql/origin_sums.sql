-- Per channel of origin, what its accounts are worth at the end of each period's last closed day and how many of them
-- became customers in it. An account's channel is the one it had on that day (accounts_traitchange), '' without one, so
-- that the channels of a period add up to its figures.
with period as (
  select * from unnest(%(starts)s::date[], %(throughs)s::date[]) p(starts_on, through)
),
rate as (
  select p.through, c.currency, r.rate
  from period p
  cross join (
    select distinct currency from accounts_fxrate where workspace_id = %(workspace)s and voided_at is null
  ) c
  cross join lateral (
    select rate from accounts_fxrate
    where workspace_id = %(workspace)s and voided_at is null and currency = c.currency and date <= p.through
    order by date desc limit 1
  ) r
),
counted as (
  select p.starts_on, p.through, d.account_id,
    case when not d.is_paying then 0 when d.other_balances is null then d.balance else round(d.balance + (
      select sum(o.value::numeric * r.rate)
      from jsonb_each_text(d.other_balances) o join rate r on r.currency = o.key and r.through = p.through
    ), 2) end as value,
    d.is_paying::integer as customers, 0 as new_customers, 0 as new
  from period p
  join metrics_accountday d on d.workspace_id = %(workspace)s and d.day <= p.through
    and (d.until is null or d.until > p.through)
  where d.is_paying
  union all
  select p.starts_on, p.through, d.account_id, 0, 0, 1, d.amount
  from period p
  join metrics_accountday d on d.workspace_id = %(workspace)s and d.day between p.starts_on and p.through
  where d.kind = 'new'
)
select c.starts_on, coalesce(t.before, a.channel) as channel, sum(c.value) as mrr_end,
  sum(c.customers) as customers_end, sum(c.new_customers) as new_customers, sum(c.new) as new
from counted c
join accounts_account a on a.workspace_id = %(workspace)s and a.id = c.account_id
left join lateral (
  select x.before[1] as before from accounts_traitchange x
  where x.workspace_id = %(workspace)s and x.account_id = c.account_id and x.dimension = 'channel'
    and x.changed_on > c.through
  order by x.changed_on limit 1
) t on true
group by 1, 2;
