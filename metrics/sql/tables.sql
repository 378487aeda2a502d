-- The working tables of a step, gone with its transaction. Made once and emptied, not dropped and made again: where
-- several steps share a transaction, as in tests, every new table would hold locks of its own to the end.
create temp table if not exists closing_rate (
  currency varchar(3), from_day date, rate numeric, primary key (currency, from_day)
) on commit drop;
create temp table if not exists touched (account_id uuid) on commit drop;
create temp table if not exists wanted_contract (contract_id uuid) on commit drop;
create temp table if not exists closing_contract (
  contract_id uuid, account_id uuid, currency varchar(3), starts_on date, ends_on date, cancelled_on date,
  tax_parts numeric, grace integer, succeeded_on date, successor_signed_on date, term_months integer, lasts date,
  last_day date, known_from date, end_known_from date
) on commit drop;
create temp table if not exists closing_line (
  line_id bigint, contract_id uuid, account_id uuid, currency varchar(3), first_day date, last_day date,
  ends_early date, mrr numeric(20, 2), product_id uuid, known_from date, end_known_from date
) on commit drop;
create temp table if not exists closing_delta (
  account_id uuid, day date, currency varchar(3), change numeric, rate numeric
) on commit drop;
create temp table if not exists new_day (
  account_id uuid, day date, until date, balance numeric(20, 2), other_balances jsonb, is_paying boolean,
  customer_since date, kind varchar(12), amount numeric(20, 2)
) on commit drop;
create temp table if not exists closing_term (
  contract_id uuid, number integer, account_id uuid, currency varchar(3), day date, grace_ends_on date,
  outcome varchar(10), term_months integer, succeeded_on date, successor_signed_on date
) on commit drop;
create temp table if not exists new_term (
  contract_id uuid, number integer, account_id uuid, day date, grace_ends_on date, outcome varchar(10),
  repeats_after integer, currency varchar(3), amount numeric(20, 2), succeeded_on date, successor_signed_on date,
  value numeric(20, 2), value_renewed numeric(20, 2), lacking_currency varchar(3), lacking_day date
) on commit drop;
-- For the sums of periods (contributions.sql). kept_rate: what the figures were converted at on each period's last day.
create temp table if not exists kept_rate (day date, currency varchar(3), rate numeric) on commit drop;
create temp table if not exists counted_rate (sign smallint, day date, currency varchar(3), rate numeric)
  on commit drop;
create temp table if not exists counted_period (
  sign smallint, interval varchar(7), starts_on date, through date, year_ago date
) on commit drop;
create temp table if not exists counted_day (
  sign smallint, account_id uuid, day date, until date, balance numeric(20, 2), other_balances jsonb,
  is_paying boolean, kind varchar(12), amount numeric(20, 2)
) on commit drop;
create temp table if not exists counted_term (
  sign smallint, day date, outcome varchar(10), value numeric(20, 2), value_renewed numeric(20, 2)
) on commit drop;
create temp table if not exists counted_worth (sign smallint, day date, account_id uuid, value numeric)
  on commit drop;
-- currency: null for the base currency, which needs no rate.
create temp table if not exists counted_span (
  sign smallint, account_id uuid, currency varchar(3), mrr numeric(20, 2), first_day date, last_day date,
  known_from date, end_known_from date
) on commit drop;
create temp table if not exists moved_account (account_id uuid) on commit drop;
truncate closing_rate, touched, wanted_contract, closing_contract, closing_line, closing_delta, new_day, closing_term,
  new_term, kept_rate, counted_rate, counted_period, counted_day, counted_term, counted_span, counted_worth,
  moved_account;

insert into closing_rate
select currency, date, rate
from accounts_fxrate
-- The base currency has no rate here whatever was entered for it: it is 1 by definition.
where workspace_id = %(workspace)s and voided_at is null and currency <> %(base)s;
analyze closing_rate;

insert into kept_rate
select p.through, r.key, r.value::numeric
from metrics_periodfigures p cross join lateral jsonb_each_text(p.rates) r
where p.workspace_id = %(workspace)s and p.interval = 'month';
analyze kept_rate;
