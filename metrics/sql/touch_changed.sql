-- touched (account_id): the accounts whose facts changed, or every account when %(everything)s. Where a contract moved
-- to another account, the action has told of both.
insert into touched
select id as account_id from accounts_account
where workspace_id = %(workspace)s and %(everything)s
union
select account_id from accounts_changedfact
where workspace_id = %(workspace)s and id = any(%(facts)s) and account_id is not null;
analyze touched;

-- Their contracts, and those of theirs that have term ends but moved away.
insert into wanted_contract
select c.id as contract_id
from accounts_contract c join touched t on t.account_id = c.account_id
where c.workspace_id = %(workspace)s
union
select e.contract_id
from metrics_termend e join touched t on t.account_id = e.account_id
where e.workspace_id = %(workspace)s;
analyze wanted_contract;
