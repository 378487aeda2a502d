-- The ends of the periods, 0 being that before the first, and the rates in force on them and a year earlier.
period_end as (
  select place - 1 as place, day from unnest(%(ends)s::date[]) with ordinality one(day, place)
),
year_earlier as (
  select place, day from unnest(%(thens)s::date[]) with ordinality one(day, place)
),
end_rate as materialized (
  select e.day, c.currency, f.rate
  from (select day from period_end union select day from year_earlier) e
  cross join (
    select distinct currency from accounts_fxrate where workspace_id = %(workspace)s and voided_at is null
  ) c
  cross join lateral (
    select rate from accounts_fxrate
    where workspace_id = %(workspace)s and voided_at is null and currency = c.currency and date <= e.day
    order by date desc limit 1
  ) f
)
