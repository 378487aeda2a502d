-- What is counted of the moved accounts, with %(sign)s -1 before a step writes and with 1 after: their days since
-- %(since)s, before which no sum asked about looks. Of term ends only those after %(closed)s: the others stay.
insert into counted_day
select %(sign)s, d.account_id, d.day, d.until, d.balance, d.other_balances, d.is_paying, d.kind, d.amount
from moved_account m join metrics_accountday d on d.workspace_id = %(workspace)s and d.account_id = m.account_id
where d.until is null or d.until > %(since)s;
analyze counted_day;

insert into counted_term
select 1, day, outcome, value, value_renewed
from metrics_termend
where workspace_id = %(workspace)s and %(sign)s = 1 and day > %(closed)s and day <= %(through)s;
analyze counted_term;

-- Only spans that are committed on some day.
insert into counted_span
select %(sign)s, s.account_id, nullif(s.currency, %(base)s), s.mrr, s.first_day, s.last_day, s.known_from, s.end_known_from
from metrics_linespan s join moved_account m on m.account_id = s.account_id
where s.workspace_id = %(workspace)s and (s.known_from < s.first_day or s.end_known_from <= s.last_day);
analyze counted_span;
