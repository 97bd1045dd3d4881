-- in: alds_held, related_classes (ald, pattern), drug_keys
-- out: year, patient, drug (null: none), in_table (1: the table has all of the ALD held): the classes that are always in relation
--      with an ALD of the patient
select a.year, a.patient, t.drug, a.in_table
from (
    select h.year, h.patient, h.ald, min(case when k.ald is null then 0 else 1 end) over (partition by h.year, h.patient) as in_table
    from alds_held h
    left join (select distinct ald from related_classes) k on k.ald = h.ald
) a
left join (
    select c.ald, d.drug from related_classes c join drug_keys d on d.atc like c.pattern
) t on t.ald = a.ald
