(
    select d.account_id, null::text as value, d.day, d.until, d.is_paying, d.balance as worth,
      f.account_id is not null as is_foreign
    from metrics_accountday d
    left join foreign_account f on f.account_id = d.account_id
    where d.workspace_id = %(workspace)s and d.day <= %(through)s
      and not exists (select from special x where x.account_id = d.account_id)
    union all
    select * from <<whole_days>>
  ) both_days
