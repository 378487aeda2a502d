-- What is counted of the touched accounts and wanted contracts as it is: what the step computed and wrote.
insert into counted_day
select 1, account_id, day, until, balance, other_balances, is_paying, kind, amount from new_day;
analyze counted_day;

insert into counted_term
select 1, day, outcome, value, value_renewed from new_term where day <= %(through)s;
analyze counted_term;
