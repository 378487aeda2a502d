-- The earliest closed day on which what is committed became another between counted_span as it was and as it is, and
-- how many accounts it is of. In currencies, because a rate that changed is looked for elsewhere (changes_reach.sql).
with event as (
  select account_id, 'new' as kind, currency, known_from as day, sign * mrr as change
  from counted_span where known_from < first_day
  union all
  select account_id, 'new', currency, first_day, -sign * mrr from counted_span where known_from < first_day
  union all
  select account_id, 'lost', currency, greatest(first_day, end_known_from), sign * mrr
  from counted_span where end_known_from <= last_day
  union all
  select account_id, 'lost', currency, last_day + 1, -sign * mrr from counted_span where end_known_from <= last_day
),
changed as (
  select account_id, day from event where day <= %(through)s
  group by account_id, kind, currency, day
  having sum(change) <> 0
)
select min(day) as first_day, count(distinct account_id) as accounts from changed;
