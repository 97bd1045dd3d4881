"""Tables that are of no doctor: what devices and packs are, for all that the generator draws."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.records.tables import TABLES
from sample_data import further
from sample_data.model import Model


def write(given: Model, to: Path) -> None:
    """Write `devices.parquet` and `drugs.parquet`."""
    for name, rows in (("devices", _devices()), ("drugs", _packs(given))):
        content = pa.Table.from_pylist(rows, schema=TABLES[name].schema)
        pq.write_table(content, to / f"{name}.parquet", compression="zstd", store_schema=False)


def _devices() -> list[dict[str, object]]:
    names = TABLES["devices"].schema.names
    return [dict(zip(names, row, strict=True)) for row in further.given()["devices"]["rows"]]


def _packs(given: Model) -> list[dict[str, object]]:
    """One row per pack drawn; no price, which every delivery has."""
    said = further.given()["packs"]
    found: dict[str, dict[str, object]] = {}
    for name in (name for name in given.raw["products"] if name != "source"):
        place = given.names[name]
        size = said["quarter"] if given.months[place] == 3 and given.boxes[place] == 1 else said["month"]
        group, role = said["groups"].get(name, (None, None))
        found.setdefault(given.cip13[place], {
            "cip13": given.cip13[place], "atc": given.atc[place], "label": name.replace("_", " "), "pack_days": size["days"],
            "pack_units": size["units"], "device": said["devices"].get(name), "molecules": said["molecules"].get(name),
            "group": group, "role": role,
        })  # fmt: skip
    atc, cip13, _ = further.packs()[2]
    group, _ = said["groups"]["asparte"]
    found[cip13] = {"cip13": cip13, "atc": atc, "label": "insuline asparte sanofi", "pack_days": said["month"]["days"],
                    "group": group, "role": "biosimilar"}  # fmt: skip
    return list(found.values())
