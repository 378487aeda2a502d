-- On top of movement_facts.sql: what accounts are sliced by, a second product, and for one account in fifty a change of it.
update accounts_account set
  industry = (array['mining', 'retail', 'software', 'logistics', 'energy', 'health', 'education', 'food'])[1 + abs(hashtext(name)) %% 8],
  region = 'Region ' || abs(hashtext(name)) %% 30,
  employees = abs(hashtext(name)) %% 3000
where workspace_id = %(workspace)s;

insert into accounts_product (workspace_id, is_demo, void_reason, name, code, description)
values (%(workspace)s, false, '', 'Extra', '', '');

update accounts_contractline set product_id = (
  select id from accounts_product where workspace_id = %(workspace)s and name = 'Extra'
)
where workspace_id = %(workspace)s and id %% 3 = 0;

insert into accounts_traitchange (workspace_id, account_id, dimension, changed_on, before)
select %(workspace)s, id, 'industry', date '2024-01-01' + (abs(hashtext(name)) %% 700), array['trade']
from accounts_account
where workspace_id = %(workspace)s and abs(hashtext(external_id)) %% 50 = 0;
