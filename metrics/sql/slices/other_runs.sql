-- What whole accounts have that ever had a balance in another currency, one row for each of those; is_only: there is at
-- most this one beside the base currency, so that nothing is to be added up before rounding.
<<p>>other as materialized (
  select d.account_id, <<value>> as value, d.day, d.until, d.balance, o.currency, o.amount::numeric as amount,
    d.other_balances is null or (select count(*) from jsonb_object_keys(d.other_balances)) = 1 as is_only
  from foreign_account f
  join metrics_accountday d on d.workspace_id = %(workspace)s and d.account_id = f.account_id<<join>>
  left join lateral jsonb_each_text(d.other_balances) o(currency, amount) on true
  where d.is_paying and d.day <= %(through)s<<conditions>>
)
