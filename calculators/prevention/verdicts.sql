-- in: needs_of
-- out: patient, indicator, entry, unmet (anything), uncovered (anything unmet and not covered), undated (anything unmet
--      that doses without a day may meet), late (anything unmet of which the data stop early), bare (1: met by an act whose
--      result is not known), valid_until, lapsed_day, actionable_day, bits (missing requirements): one row per patient and
--      indicator. Of alternatives one suffices, and the one that lasts longest decides; of all others the first to lapse does.
select patient, indicator, max(entry) as entry,
    max(1 - met) as unmet,
    max(case when met = 0 and maybe = 0 and covered = 0 then 1 else 0 end) as uncovered,
    max(case when met = 0 then maybe else 0 end) as undated,
    max(case when met = 0 then late else 0 end) as late,
    max(bare) as bare,
    min(valid_until) as valid_until,
    max(case when met = 0 then lapsed_day end) as lapsed_day,
    min(case when met = 0 then actionable_day end) as actionable_day,
    cast(sum(case when met = 0 then bits else 0 end) as bigint) as bits
from (
    select patient, indicator, alternatives, max(entry) as entry, max(met) as met, min(covered) as covered,
        max(maybe) as maybe, max(late) as late, max(met * bare) as bare,
        max(valid_until) as valid_until, max(lapsed_day) as lapsed_day, min(actionable_day) as actionable_day,
        cast(sum(bit) as bigint) as bits
    from needs_of
    group by patient, indicator, alternatives
) grouped
group by patient, indicator
