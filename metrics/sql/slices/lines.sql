-- <<p>>line: the lines that count, each on the days on which it counts. <<p>>run: from them what accounts with other
-- currencies have in each, by change. <<p>>moved: the changes of every account and day as one. A day whose net is zero
-- is no change.
<<p>>line as not materialized (
  select s.account_id, <<value>> as value, s.currency, <<first>> as first_day, <<after>> as after, s.mrr
  from metrics_linespan s<<join>>
  where s.workspace_id = %(workspace)s and s.first_day <= %(through)s<<conditions>>
),
<<p>>run as materialized (
  select account_id, value, currency, day, change,
    sum(change) over balances as balance, lead(day) over balances as until
  from (
    select account_id, value, currency, day, sum(change) as change
    from (
      select account_id, value, currency, first_day as day, mrr as change
      from <<p>>line join foreign_account using (account_id)
      where first_day <= %(through)s
      union all
      select account_id, value, currency, after, -mrr
      from <<p>>line join foreign_account using (account_id)
      where after <= %(through)s
    ) event
    group by 1, 2, 3, 4
    having sum(change) <> 0
  ) net
  window balances as (partition by account_id, value, currency order by day)
),
<<p>>moved as <<materialized>> (
  -- opened: by how many the currencies in which the account pays grew. Who has base currency alone has no more than one.
  select account_id, value, day, until, (balance > 0)::integer - (balance > change)::integer as opened,
    change as amount, (balance > 0)::integer as open, balance as worth, false as is_foreign
  from (
    select account_id, value, day, change, sum(change) over days as balance, lead(day) over days as until
    from (
      select account_id, value, day, sum(change) as change
      from (
        select l.account_id, l.value, l.first_day as day, l.mrr as change from <<p>>line l
        where l.first_day <= %(through)s and not exists (select from foreign_account f where f.account_id = l.account_id)
        union all
        select l.account_id, l.value, l.after, -l.mrr from <<p>>line l
        where l.after <= %(through)s and not exists (select from foreign_account f where f.account_id = l.account_id)
      ) event
      group by 1, 2, 3
      having sum(change) <> 0
    ) net
    window days as (partition by account_id, value order by day)
  ) run
  union all
  select account_id, value, day, lead(day) over days, opened, amount, sum(opened) over days, sum(amount) over days,
    <<is_foreign>>
  from (
    select r.account_id, r.value, r.day,
      sum((r.balance > 0)::integer - (r.balance > r.change)::integer)::integer as opened,
      sum(r.change * case when r.currency = %(base)s then 1 else f.rate end) as amount
    from <<p>>run r
    left join lateral (
      select rate from accounts_fxrate f
      where f.workspace_id = %(workspace)s and f.voided_at is null and f.currency = r.currency
        and f.date <= <<rate_day>>
      order by f.date desc limit 1
    ) f on r.currency <> %(base)s
    group by 1, 2, 3
  ) c
  window days as (partition by account_id, value order by day)
)
