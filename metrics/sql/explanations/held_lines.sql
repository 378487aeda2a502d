-- The same where only some lines count or other rates are asked for, from the tables of the slice.
select account_id, null::jsonb as native, worth from slice_day
  where is_paying and not is_foreign and day <= <<day>> and (until is null or until > <<day>>)
  union all
  select r.account_id, jsonb_object_agg(r.currency, r.balance::text) filter (where r.currency <> %(base)s),
    round(sum(r.balance * case when r.currency = %(base)s then 1 else f.rate end), 2)
  from slice_run r
  join foreign_account using (account_id)
  left join end_rate f on f.day = <<day>> and f.currency = r.currency
  where <<is_converted>> and r.balance > 0 and r.day <= <<day>> and (r.until is null or r.until > <<day>>)
  group by 1
