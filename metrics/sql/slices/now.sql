-- What the lines of the slice are worth, whatever the accounts are by then: by change points (on the ends from `first` to
-- before `last`), and at each end where it changes with the rates.
now_worth as (
  select account_id, <<now_value>> as value, worth, width_bucket(day - 1, %(throughs)s::date[]) + 1 as first,
    case when until is null then cardinality(%(throughs)s::date[]) + 1
         else width_bucket(until - 1, %(throughs)s::date[]) + 1 end as last
  from <<now_days>> where is_paying and not is_foreign
),
foreign_now as (
  <<whole>>
  select r.account_id, <<now_value_of_run>> as value, e.place,
    round(sum(r.balance * case when r.currency = %(base)s then 1 else f.rate end), 2) as worth
  from <<now_run>> r
  join foreign_account using (account_id)
  join period_end e on e.place > 0 and r.day <= e.day and (r.until is null or r.until > e.day)
  left join end_rate f on f.day = e.day and f.currency = r.currency
  where r.balance > 0 and <<is_converted>>
  group by 1, 2, 3
)
