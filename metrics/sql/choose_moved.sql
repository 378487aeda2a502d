-- moved_account: the accounts that contribute otherwise to the period sums of %(through)s than to those of the last
-- closed day %(closed)s. Those with a line that begins or has ended between (touched), or that is known or known to end
-- since; with a signed line to come in a currency whose rate is another one; those with a balance in a
-- currency whose rate is another one; and, when %(then)s, the day a year before, is no longer %(closed_then)s: those
-- who moved between these two, or had a balance in a currency whose rate was another one.
insert into moved_account
with turned as (
  select coalesce(array_agg(coalesce(k.currency, r.currency)::text), '{}') as currencies
  from (select currency, rate from kept_rate where day = %(closed)s) k
  full join (
    select distinct on (currency) currency, rate from closing_rate
    where from_day <= %(through)s
    order by currency, from_day desc
  ) r on r.currency = k.currency
  where k.rate is distinct from r.rate
),
turned_then as (
  select coalesce(array_agg(coalesce(k.currency, r.currency)::text), '{}') as currencies
  from (select currency, rate from kept_rate where day = %(closed_then)s) k
  full join (select currency, rate from kept_rate where day = %(then)s) r on r.currency = k.currency
  where k.rate is distinct from r.rate
)
select account_id from touched
union
select account_id from metrics_linespan
where workspace_id = %(workspace)s and known_from > %(closed)s and known_from <= %(through)s and known_from < first_day
union
select account_id from metrics_linespan
where workspace_id = %(workspace)s and end_known_from > %(closed)s and end_known_from <= %(through)s
union
select account_id from metrics_linespan
where workspace_id = %(workspace)s and first_day > %(closed)s and known_from <= %(through)s and known_from < first_day
  and currency = any ((select currencies from turned)::text[])
union
select account_id from metrics_accountday
where workspace_id = %(workspace)s and until is null and other_balances is not null
  and other_balances ?| (select currencies from turned)
union
select account_id from metrics_accountday
where workspace_id = %(workspace)s and day > %(closed_then)s and day <= %(then)s
union
select account_id from metrics_accountday
where workspace_id = %(workspace)s and %(closed_then)s < %(then)s and other_balances is not null
  and day <= %(then)s and until > %(closed_then)s and other_balances ?| (select currencies from turned_then)
union
select account_id from metrics_accountday
where workspace_id = %(workspace)s and %(closed_then)s < %(then)s and other_balances is not null
  and day <= %(then)s and until is null and other_balances ?| (select currencies from turned_then);
analyze moved_account;
