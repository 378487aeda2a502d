-- What the people of a large company noted: every 500th account is one member's, one to three contacts an account, three
-- talks with each of most, within 120 days, and a task due for one in ten.
create temp table book on commit drop as
select id as account_id, row_number() over (order by id) as n from accounts_account where workspace_id = %(workspace)s;

update accounts_account a set owner_id = %(member)s
from book where book.account_id = a.id and a.workspace_id = %(workspace)s and book.n %% 500 = 0;

insert into accounts_contact (workspace_id, account_id, name, mobile, email, title, roles, wechat, note, void_reason, is_demo)
select %(workspace)s, account_id, 'Person ' || n || '-' || k, '', 'p' || n || '-' || k || '@company.example', '', '{}', '', '',
  '', false
from book cross join generate_series(0, 2) k where k <= n %% 3;

insert into accounts_interaction (workspace_id, external_id, account_id, kind, happened_on, subject, participants, stage,
  need, minutes, feedback, next_step, void_reason, is_demo)
select %(workspace)s, 'T' || n || '-' || k, account_id, 'call', %(today)s::date - (n * 7 + k * 41)::integer %% 120, 'Call', '',
  '', '', '', '', '', '', false
from book cross join generate_series(0, 2) k where n %% 4 <> 0;

insert into accounts_task (workspace_id, external_id, account_id, title, note, due_on, priority, void_reason, is_demo,
  assignee_id)
select %(workspace)s, 'T' || n, account_id, 'Call back', '', %(today)s::date - 20 + (n %% 40)::integer, 'normal', '', false,
  case when n %% 500 = 0 then %(member)s::uuid end
from book where n %% 10 = 0;
