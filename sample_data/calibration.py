"""Published figure, generated figure, difference, source: `python -m sample_data.calibration [DIR] [--doctors N]`.

DIR is a generated folder; without it a population is generated aside. The three results are computed by the program
itself: rates by `assess` on 31 December 2025, tracked spend by a sobriety reference, pay by the FPMT of 2024. The 15 rates
are those of the set of the slides, whose rates are published, unless `calibration.toml` names another set.
"""

import argparse
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators.dates import to_day
from calculators.engine import Engine, sql_text
from calculators.forfait.pay import pay_lines
from calculators.forfait.version import load_version
from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.prevention.rates import rates
from calculators.records.store import Store, open_store
from calculators.records.views import with_rights
from calculators.sobriety import reference
from calculators.sobriety.definition import load_definition
from sample_data.generate import AS_OF, generate
from sample_data.model import load

YEAR = 2025
DOCTORS, SEED = 300, 1


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    label: str
    published: float
    generated: float
    unit: str
    source: str

    @property
    def difference(self) -> str:
        """Points for a percentage, percent otherwise."""
        if self.unit == "%":
            return f"{self.generated - self.published:+.1f} pt"
        return f"{100 * (self.generated / self.published - 1):+.0f} %"


def report(folder: Path) -> list[Figure]:
    """Every published figure beside the one of a generated folder. About a minute for 300 doctors."""
    store, raw = open_store(folder), load().raw
    engine = store.engine()
    found = _from_rows(store, engine) | _from_sobriety(store, engine) | {"fpmt": _fpmt(store)}
    figures = [
        Figure(label, published, found[name], unit, raw["sources"][source]["title"])
        for name, (label, published, unit, source) in raw["published"].items()
    ]
    return figures + _rates(store, raw)


def markdown(figures: list[Figure]) -> str:
    """The table of the README."""
    lines = ["| chiffre | publié | engendré | écart | source |", "|---|---:|---:|---:|---|"]
    for one in figures:
        values = f"{_number(one.published)} {one.unit} | {_number(one.generated)} {one.unit}"
        lines.append(f"| {one.label} | {values} | {one.difference} | {one.source} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 100 else f"{value:.3g}".replace(".", ",")


def _from_rows(store: Store, engine: Engine) -> dict[str, float]:
    """What the rows tell; leaves the steps `listed` and `gp_codes` to the next."""
    days = {"first": to_day(date(YEAR, 1, 1)), "last": to_day(date(YEAR, 12, 31))}
    engine.view("gp_codes", pa.table({"specialty": pa.array(load_definition(YEAR).drugs.gp_codes, pa.int32())}))
    listed = with_rights(sql_text("sample_data", "calibration_list"))
    engine.step("listed", listed, days | store.rights_on(days["last"]))
    rows = engine.fetch(sql_text("sample_data", "calibration"), days).to_pylist()
    return {row["name"]: float(row["value"]) for row in rows}


def _from_sobriety(store: Store, engine: Engine) -> dict[str, float]:
    """The share is of what GPs prescribed to the lists of the doctors of the reference."""
    with tempfile.TemporaryDirectory() as scratch:
        reference.build(store, YEAR, load_definition(YEAR), Path(scratch) / "reference", AS_OF)
        doctors = pq.read_table(Path(scratch) / "reference" / "doctors.parquet").to_pandas()
    days = {"first": to_day(date(YEAR, 1, 1)), "last": to_day(date(YEAR, 12, 31))}
    engine.view("kept", pa.table({"doctor_id": pa.array(doctors["doctor_id"], pa.string())}))
    prescribed = engine.fetch(sql_text("sample_data", "calibration_prescribed"), days)["cents"][0].as_py()
    observed, patients = doctors["observed_cents"].sum(), doctors["patients"].sum()
    noise = np.average(doctors["se"] ** 2, weights=doctors["patients"])
    spread = float(np.sqrt(max(np.log(doctors["ratio"]).var() - noise, 0)))
    return {
        "faithful": float(doctors["patients"].mean()), "tracked_euro": observed / patients / 100,
        "tracked_share": 100 * observed / prescribed, "spread": spread,
    }  # fmt: skip


def _fpmt(store: Store) -> float:
    """Mean FPMT, in euro and without ROSP, of the doctors of the published mean who had a list that year."""
    given = load().raw["fpmt_paid"]
    nobody = pa.schema([("patient_id", pa.string()), ("doctor_id", pa.string()), ("indicator", pa.string())])
    lines = pay_lines(store, load_version(given["version"]), given["year"], nobody.empty_table())
    doctors = store.engine().fetch(
        "select professional_id, specialty, sector from doctors join professional_keys on professional = doctor"
    )
    for column, kept in given["doctors"].items():
        doctors = doctors.filter(pc.field(column).isin(kept))
    lines = lines.filter(pc.field("doctor_id").isin(doctors["professional_id"].combine_chunks()))
    paid = lines.group_by("doctor_id").aggregate([("amount_cents", "sum")])["amount_cents_sum"].to_numpy()
    return float(paid[paid > 0].mean()) / 100


def _rates(store: Store, raw: dict[str, Any]) -> list[Figure]:
    day, given = date(YEAR, 12, 31), raw["prevention"]
    source = raw["sources"][given["source"]]["title"]
    rules = [rule for rule in given.values() if isinstance(rule, dict)]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name in sorted({rule.get("set", given["set"]) for rule in rules}):
        asked = load_set(name)
        found |= {(name, row["indicator"]): row for row in rates(assess(store, asked, day), asked).to_pylist()}
    rows = [(rule, found[rule.get("set", given["set"]), rule["indicator"]]) for rule in rules]
    return [Figure(row["label"], rule["published"], _of_all(row), "%", source) for rule, row in rows]


def _of_all(row: dict[str, Any]) -> float:
    """Rate among all eligible patients: what claims show of them, whatever they cover."""
    total = row["up_to_date"] + row["due"] + row["unknown"]
    return 100 * row["up_to_date"] / total if total else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare une population fictive aux chiffres publiés.")
    parser.add_argument("folder", type=Path, nargs="?", help="dossier engendré (sinon une population est tirée)")
    parser.add_argument("--doctors", type=int, default=DOCTORS, help="médecins de la population tirée")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch) / "population"
        if not given.folder:
            generate(given.doctors, SEED, folder)
        print(markdown(report(folder)))


if __name__ == "__main__":
    main()
