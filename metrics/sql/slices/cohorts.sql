-- Cohorts by change points. joined: the cohort of each account, by period; own: what it is worth from period `first` to
-- before `last`.
joined as materialized (
  select b.account_id, <<value>> as value, b.since, width_bucket(b.since, %(starts)s::date[]) as cohort
  from (
    <<begun>>
  ) b<<member>>
),
own as materialized (
  select j.account_id, j.value, j.cohort, p.worth, greatest(p.first, j.cohort) as first, p.last
  from joined j
  join (
    select account_id, value, worth, first, last from now_worth
    union all
    select account_id, value, worth, place::integer, place::integer + 1 from foreign_now
  ) p on p.account_id = j.account_id<<same_value>>
  where p.last > greatest(p.first, j.cohort)
),
-- What a share of MRR is of: worth at the end of the cohort's own period.
begun as (
  select account_id, value, worth from own where first = cohort
)
