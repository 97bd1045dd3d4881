-- in: drug_keys, cases (id, pattern, beyond_days)
-- out: id, drug, beyond_days: the ATC classes of each case of long use
select c.id, k.drug, c.beyond_days from drug_keys k join cases c on k.atc like c.pattern
