-- A row for each line and each period on whose last day it is committed: signed and not begun (is_new), or alive and known
-- to end. `since` is the day on which it begins or after which it ends. An amount counts from the first day on which its
-- currency has a rate.
committed_line as not materialized (
  select s.account_id, <<value>> as value, e.place, s.is_new, s.since, s.currency, s.mrr,
    s.mrr * case when s.currency = %(base)s then 1 else f.rate end as worth
  from (
    select s.*, true as is_new, s.first_day as since, s.known_from as from_day, s.first_day - 1 as last_on
    from metrics_linespan s
    where s.workspace_id = %(workspace)s and s.known_from < s.first_day<<conditions>>
    union all
    select s.*, false, s.last_day, greatest(s.end_known_from, s.first_day), s.last_day
    from metrics_linespan s
    where s.workspace_id = %(workspace)s and s.end_known_from is not null and s.end_known_from <= s.last_day<<conditions>>
  ) s
  cross join lateral generate_series(
    width_bucket(s.from_day - 1, %(throughs)s::date[]) + 1, width_bucket(s.last_on, %(throughs)s::date[])
  ) g(place)
  join period_end e on e.place = g.place<<member>>
  left join lateral (
    select rate from accounts_fxrate f
    where f.workspace_id = %(workspace)s and f.voided_at is null and f.currency = s.currency and f.date <= <<rate_day>>
    order by f.date desc limit 1
  ) f on s.currency <> %(base)s
)
