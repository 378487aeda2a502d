-- slice_day: as metrics_accountday, of the slice. `came` is 1 where the account began to be a customer of the slice, -1
-- where it ceased to be one. `worth` is what it is worth from that day on; of accounts whose worth changes with the rates
-- (is_foreign) it is asked for by day, from slice_run.
slice_day as <<materialized>> (
  <<steady_days>>
  select m.account_id, m.value, m.day, m.until, m.open > 0 as is_paying,
    case
      when m.cents = 0 then null
      when m.came = 1 then coalesce(begun.kind, 'entering')
      when m.came = -1 then case when w.is_paying is false then 'churn' else 'leaving' end
      when m.cents > 0 then 'expansion'
      else 'contraction'
    end as kind,
    nullif(m.cents, 0) as amount, m.came, m.value_after as worth, m.is_foreign
  from (
    select *, case when open = 0 and opened < 0 then -1 when open > 0 and open = opened then 1 else 0 end as came,
      <<cents>> as cents, round(worth, 2) as value_after
    from slice_moved
  ) m
  -- What happened that day to the account as a whole, where it matters.
  left join metrics_accountday w on m.came <> 0 and w.workspace_id = %(workspace)s and w.account_id = m.account_id
    and w.day = m.day
  left join lateral (
    select case
      when w.kind in ('new', 'reactivation') then w.kind
      when w.kind is not null then null
      when w.day = w.customer_since then 'new'
      -- Its first payment again came to nothing in cents and was no movement, but it was one.
      when exists (
        select from metrics_accountday b
        where b.workspace_id = %(workspace)s and b.account_id = w.account_id and b.until = w.day and not b.is_paying
      ) then 'reactivation'
    end as kind
  ) begun on true
)
