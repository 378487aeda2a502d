-- Facts of a workspace from nothing: accounts, two contracts each on average (renewed, up- and downgraded, lost, won
-- back, some renewing themselves, one in ten in dollars), one and a half lines a contract. The same every time.
select setseed(0.42);

insert into accounts_product (workspace_id, is_demo, void_reason, name, code, description)
values (%(workspace)s, false, '', 'Core', '', '');

insert into accounts_fxrate (workspace_id, is_demo, void_reason, currency, date, rate)
select %(workspace)s, false, '', 'USD', day::date, 7 + round(random()::numeric, 4)
from generate_series(date '2022-12-01', date '2025-12-01', interval '1 month') day;

create temp table made on commit drop as
select uuidv7() as account_id, n, date '2023-01-01' + (random() * 900)::integer as joined,
  case when random() < 0.1 then 'USD' else 'CNY' end as currency, random() as luck
from generate_series(1, %(accounts)s) n;

-- Named half in Latin and half in Chinese letters, first and last parts repeating as in a real book, so that a search
-- finds some and not all.
insert into accounts_account (id, workspace_id, external_id, is_demo, void_reason, name, legal_name, short_name,
  former_names, credit_code, industry, region, employees, channel, tags, custom,
  website, note, mrr_cents)
select account_id, %(workspace)s, 'A' || n, false, '',
  case when n %% 2 = 0
    then (array['North', 'Blue', 'Silver', 'Green', 'Golden', 'Bright', 'Harbour', 'River', 'Summit', 'Cedar'])
        [1 + n / 2 %% 10]
      || ' ' || chr(65 + n / 20 %% 26) || chr(97 + n / 520 %% 26) || chr(97 + n / 13520 %% 26) || ' '
      || (array['Logistics', 'Foods', 'Software', 'Medical', 'Trading', 'Energy', 'Textiles'])[1 + n / 2 %% 7]
    else (array['兰海', '云山', '东方', '华星', '金桥', '海润', '天成', '瑞丰', '明德', '长青'])[1 + n / 2 %% 10]
      || chr(19968 + n %% 2999) || chr(19968 + n / 7 %% 3001)
      || (array['物流', '食品', '软件', '医疗', '贸易', '能源', '纺织'])[1 + n / 2 %% 7] || '有限公司'
  end,
  '', '', '{}', '',
  (array['Retail', 'Manufacturing', 'Software', 'Healthcare', 'Finance', 'Education', 'Logistics', 'Energy'])[1 + n %% 8],
  (array['East', 'North', 'South', 'West', 'Central'])[1 + n %% 5], (array[5, 40, 180, 900, 4000])[1 + n / 5 %% 5],
  '', '{}', '{}', '', '', 0
from made;

create temp table signed on commit drop as
select uuidv7() as contract_id, m.account_id, m.currency, k, m.luck,
  (m.joined + make_interval(months => 12 * k) + case when k > 0 and m.luck > 0.8 then interval '40 days'
    else interval '0 days' end)::date as starts_on,
  (m.joined + make_interval(months => 12 * (k + 1)) - interval '1 day')::date as ends_on
from made m cross join generate_series(0, 2) k
where k <= m.luck * 2;

insert into accounts_contract (id, workspace_id, external_id, is_demo, void_reason, account_id, number, kind, currency,
  starts_on, ends_on, auto_renew, cancelled_on, renews_id, tax_included, tax_rate_percent, settlement, end_reason, note)
select contract_id, %(workspace)s, 'C' || row_number() over (), false, '', account_id, '', 'subscription', currency,
  starts_on, ends_on, k = 0 and luck < 0.1, case when luck < 0.05 then ends_on - 30 end,
  case when luck <= 0.8 then lag(contract_id) over (partition by account_id order by k) end,
  luck > 0.5, 13, '', '', ''
from signed;

insert into accounts_contractline (workspace_id, contract_id, position, product_id, quantity, unit_amount, interval,
  discount_percent, starts_on, ends_on)
select %(workspace)s, s.contract_id, p, (select id from accounts_product where workspace_id = %(workspace)s),
  1 + (random() * 40)::integer, round((random() * 900 + 10)::numeric, 2),
  (array['month', 'quarter', 'year', 'term'])[1 + (random() * 3)::integer], 5 * (random() * 4)::integer,
  case when p = 1 then s.starts_on + 90 end, null
from signed s cross join generate_series(0, 1) p
where p = 0 or random() < 0.6;
