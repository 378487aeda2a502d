-- Retention by change points: what an account was worth in the slice a year before (`a`, on the ends from `first` to
-- before `last`) against what its lines of the slice are worth now, wherever the account belongs by now. One pass over
-- the changes, where a look at every month end would read a million rows of a hundred thousand accounts.
then_worth as (
  select account_id, value, worth, width_bucket(day - 1, %(thens)s::date[]) + 1 as first,
    case when until is null then cardinality(%(thens)s::date[]) + 1
         else width_bucket(until - 1, %(thens)s::date[]) + 1 end as last
  from slice_day where is_paying and not is_foreign
),
foreign_then as (
  <<whole>>
  select r.account_id, r.value, e.place,
    round(sum(r.balance * case when r.currency = %(base)s then 1 else f.rate end), 2) as worth
  from slice_run r
  join foreign_account using (account_id)
  join year_earlier e on r.day <= e.day and (r.until is null or r.until > e.day)
  left join end_rate f on f.day = e.day and f.currency = r.currency
  where r.balance > 0 and <<is_converted>>
  group by 1, 2, 3
)
