-- What whole accounts with other currencies are worth at the end of each of <<days>>, numbered from <<first_place>>.
  select r.account_id, r.value, e.place + <<first_place>> - 1 as place, round(r.balance + coalesce(r.amount * f.rate, 0), 2) as worth
  from <<p>>other r
  cross join lateral generate_series(
    width_bucket(r.day - 1, <<days>>) + 1, coalesce(width_bucket(r.until - 1, <<days>>), cardinality(<<days>>))
  ) e(place)
  left join end_rate f on f.day = (<<days>>)[e.place] and f.currency = r.currency
  where r.is_only
  union all
  select r.account_id, r.value, e.place + <<first_place>> - 1, round(r.balance + sum(r.amount * f.rate), 2)
  from <<p>>other r
  cross join lateral generate_series(
    width_bucket(r.day - 1, <<days>>) + 1, coalesce(width_bucket(r.until - 1, <<days>>), cardinality(<<days>>))
  ) e(place)
  left join end_rate f on f.day = (<<days>>)[e.place] and f.currency = r.currency
  where not r.is_only
  group by r.account_id, r.value, e.place, r.balance
