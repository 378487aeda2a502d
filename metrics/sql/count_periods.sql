-- counted_period: the periods that are asked about now, and counted_rate: what balances are converted at on their days.
--
-- A balance that stood is taken back at the rate it was added at (kept_rate, what the figures say), whatever the facts
-- say by now. A day before %(first)s is none that is being computed: it keeps its rates to the next time that it is.
truncate counted_period, counted_rate;

insert into counted_period
select * from unnest(
  %(signs)s::smallint[], %(intervals)s::varchar[], %(starts)s::date[], %(throughs)s::date[], %(years_ago)s::date[]
);
analyze counted_period;

insert into counted_rate
with day as (
  select sign, through as day from counted_period
  union
  select sign, year_ago from counted_period
)
select d.sign, d.day, c.currency, r.rate
from day d
cross join (select distinct currency from closing_rate) c
cross join lateral (
  select rate from closing_rate
  where currency = c.currency and from_day <= d.day
  order by from_day desc limit 1
) r
where d.sign = 1 and d.day >= %(first)s
union all
select d.sign, d.day, k.currency, k.rate
from day d join kept_rate k on k.day = d.day
where d.sign = -1 or d.day < %(first)s;
analyze counted_rate;
