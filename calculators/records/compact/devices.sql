-- in: usable_devices
-- out: code (LPP), label, kind (bandelette, cno, pansement, oam, ppc), units (of one pack): one row per device
select code, label, kind, cast(units as integer) as units
from usable_devices
order by code
