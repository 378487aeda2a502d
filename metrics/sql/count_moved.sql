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
