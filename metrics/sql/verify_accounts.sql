-- Accounts whose published values are not those of the last closed day: (what, account, day).
with rate as (
  select distinct on (currency) currency, rate
  from accounts_fxrate
  where workspace_id = %(workspace)s and date <= %(through)s and voided_at is null
  order by currency, date desc
),
figure as (
  select a.id, coalesce(a.external_id, a.name) as account, a.mrr_cents, a.customer_since, a.churned_on, d.day,
    case when d.other_balances is null then coalesce(d.balance, 0) else round(d.balance + (
      select sum(o.value::numeric * r.rate) from jsonb_each_text(d.other_balances) o join rate r on r.currency = o.key
    ), 2) end * 100 as found_cents,
    d.customer_since as found_since, case when not d.is_paying then d.day end as found_churned,
    d.other_balances is not null as is_foreign
  from accounts_account a
  left join metrics_accountday d on d.workspace_id = a.workspace_id and d.account_id = a.id and d.until is null
  where a.workspace_id = %(workspace)s
)
select 'the MRR shown for it is not its balance' as what, account, coalesce(day, %(through)s::date) as day from figure
where mrr_cents <> found_cents and not (%(is_stale)s and is_foreign)
union all
select 'since when it is a customer, or left, is shown otherwise than in its days', account,
  coalesce(day, %(through)s::date)
from figure where (customer_since, churned_on) is distinct from (found_since, found_churned)
order by 1, 2;
