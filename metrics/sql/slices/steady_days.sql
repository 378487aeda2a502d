-- Nothing but zero comes before a first payment or after the last one, so that who pays nothing has just ceased to.
  select d.account_id, m.value, d.day, d.until, d.is_paying, d.kind::text as kind, d.amount,
    case
      when not d.is_paying then -1
      when d.kind in ('new', 'reactivation') or d.day = d.customer_since then 1
      -- Back with less than a cent: no movement, and a customer again all the same.
      when d.kind is null and not (
        select b.is_paying from metrics_accountday b
        where b.workspace_id = %(workspace)s and b.account_id = d.account_id and b.day < d.day
        order by b.day desc limit 1
      ) then 1
      else 0
    end as came,
    d.balance as worth, m.is_foreign
  from steady m
  join metrics_accountday d on d.workspace_id = %(workspace)s and d.account_id = m.account_id
  where d.day <= %(through)s
  union all
