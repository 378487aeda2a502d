-- One account in a hundred, others in each round: the amount of every line of theirs is another one, from the day their
-- first contract starts on, which is anywhere in the closed years. Told as actions tell it.
create temp table chosen on commit drop as
select id as account_id from accounts_account
where workspace_id = %(workspace)s and substr(external_id, 2)::integer %% 100 = %(round)s;

update accounts_contractline l
set unit_amount = l.unit_amount + %(round)s + 1
from accounts_contract c join chosen on chosen.account_id = c.account_id
where l.workspace_id = %(workspace)s and c.workspace_id = l.workspace_id and c.id = l.contract_id;

insert into accounts_changedfact (workspace_id, account_id, from_day, actor, subject_type, subject_id, subject_label)
select c.workspace_id, c.account_id, min(c.starts_on), 'Bench', 'contract', min(c.id::text), min(c.external_id)
from accounts_contract c join chosen on chosen.account_id = c.account_id
where c.workspace_id = %(workspace)s
group by 1, 2;
