select d.account_id, m.value, d.day, d.until, d.is_paying, d.kind::text as kind, d.amount,
    case when d.kind in ('new', 'reactivation') then 1 when d.kind = 'churn' then -1 else 0 end as came,
    d.balance as worth, false as is_foreign
  from steady m
  join metrics_accountday d on d.workspace_id = %(workspace)s and d.account_id = m.account_id
  where d.day <= %(through)s
  union all
