-- in: drug_keys, drug_patterns (list, pattern, role, device), drug_exceptions (list, pattern)
-- out: list, drug, role, device (null: every pack): the ATC classes of each list
select distinct p.list, k.drug, p.role, p.device
from drug_keys k
join drug_patterns p on k.atc like p.pattern
anti join drug_exceptions x on x.list = p.list and k.atc like x.pattern
