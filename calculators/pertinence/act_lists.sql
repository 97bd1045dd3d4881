-- in: act_keys, act_codes (list, system, code, units), devices, device_kinds (list, kind)
-- out: list, act, units (of one pack): the acts and devices of each list
select n.list, n.act, max(n.units) as units
from (
    select c.list, k.act, coalesce(d.units, c.units) as units
    from act_keys k
    join act_codes c on c.system = k.system and c.code = k.code
    left join devices d on d.code = k.code and k.system = 'lpp'
    union all
    select i.list, k.act, d.units
    from act_keys k
    join devices d on d.code = k.code
    join device_kinds i on i.kind = d.kind
    where k.system = 'lpp'
) n
group by n.list, n.act
