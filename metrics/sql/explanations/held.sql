-- What each account of the slice is worth at the end of a day, read from the day's own row: the index gives accounts in
-- order, so that a page need not look at them all.
select d.account_id, d.other_balances as native,
    case when d.other_balances is null then d.balance else round(d.balance + (
      select sum(o.amount::numeric * (
        select rate from accounts_fxrate f
        where f.workspace_id = %(workspace)s and f.voided_at is null and f.currency = o.currency and f.date <= <<day>>
        order by f.date desc limit 1
      )) from jsonb_each_text(d.other_balances) o(currency, amount)
    ), 2) end as worth
  from metrics_accountday d<<join>>
  where d.workspace_id = %(workspace)s and d.day <= <<day>> and (d.until is null or d.until > <<day>>)
    and d.is_paying<<conditions>>
