"""The sums of the ratio as an analyst would write them in pandas: what the engine is compared with, not a second truth.

Tables are those of the compact store, as frames.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from calculators.dates import year_of
from calculators.records.store import LARGE, STEPS, Store
from calculators.sobriety.definition import Definition
from calculators.sobriety.steps import Year

Frames = dict[str, pd.DataFrame]
CELLS = ("cents", "squares", "boxes", "box_squares", "unpriced")


def frames_of(store: Store) -> Frames:
    return {name: pq.read_table(store.place / f"{name}.parquet").to_pandas() for name in (*STEPS, *LARGE)}


@dataclass
class InPandas:
    """One year over some frames, for one doctor (key) or all."""

    frames: Frames
    year: Year
    definition: Definition
    doctor: int | None = None

    def __post_init__(self) -> None:
        self.days = self.year.params
        self.listed = self._listed()

    def _listed(self) -> pd.DataFrame:
        rows, last, before = self.frames["registrations"], self.days["last"], self.days["before"]
        if self.doctor is not None:
            rows = rows[rows.doctor == self.doctor]
        now, then = (
            rows.loc[(rows.from_day <= day) & (rows.to_day >= day), ["doctor", "patient"]].drop_duplicates()
            for day in (last, before)
        )
        listed = now.merge(then).merge(self.frames["patients"], on="patient")
        ages = self.year.last.year - year_of(listed.birth_day.to_numpy(np.int32))
        listed["age_class"] = np.searchsorted(self.definition.strata.age_from, ages, side="right") - 1
        return listed[(listed.died_day > last) & listed.sex.notna() & (listed.age_class >= 0)]

    def lines(self, table: str, since: int) -> pd.DataFrame:
        rows = self.frames[table]
        within = rows.patient.isin(self.listed.patient) & (rows.day >= since) & (rows.day <= self.days["last"])
        return rows[within]

    def acts_kept(self) -> pd.DataFrame:
        acts = self.lines("acts", self.days["first"])
        net = acts.groupby(["patient", "act", "day"], as_index=False).quantity.sum()
        return net[net.quantity > 0]

    def deliveries_kept(self, since: int) -> pd.DataFrame:
        rows = self.lines("deliveries", since)
        rows = rows.assign(gp=rows.prescriber_specialty.isin(self.definition.drugs.gp_codes))
        keys = ["patient", "drug", "day", "prescriber"]
        net = rows.groupby(keys, dropna=False, as_index=False).agg(boxes=("boxes", "sum"), gp=("gp", "max"))
        return net[net.boxes > 0]

    def cohort(self, acts: pd.DataFrame, deliveries: pd.DataFrame) -> pd.DataFrame:
        consumed = np.union1d(acts.patient, deliveries.patient[deliveries.day >= self.days["first"]])
        found = self.listed[self.listed.patient.isin(consumed)].copy()
        for right in ("ald", "c2s"):
            rows, last = self.frames[right], self.days["last"]
            found[right] = found.patient.isin(rows.patient[(rows.from_day <= last) & (rows.to_day >= last)]).astype(int)
        male = (found.sex == "M").astype(int)
        found["stratum"] = ((found.age_class * 2 + male) * 2 + found.ald) * 2 + found.c2s
        return found[["doctor", "patient", "stratum"]]

    def seen(self, cohort: pd.DataFrame, acts: pd.DataFrame) -> int:
        mine = self.lines("acts", self.days["first"]).merge(
            cohort, left_on=["patient", "performer"], right_on=["patient", "doctor"]
        )
        net = mine.groupby(["doctor", "patient", "act", "day"], as_index=False).quantity.sum()
        happened = net[net.quantity > 0].merge(acts[["patient", "act", "day"]])
        return len(happened[["doctor", "patient"]].drop_duplicates())

    def cells(self, cohort: pd.DataFrame, tracked: np.ndarray) -> pd.DataFrame:
        rows = self.lines("deliveries", self.days["first"])
        rows = rows[rows.drug.isin(tracked)]
        own = rows.merge(cohort, left_on=["patient", "prescriber"], right_on=["patient", "doctor"])
        own = own.assign(cents=own.base_cents.fillna(0), unpriced=own.base_cents.isna())
        sums = ["cents", "boxes", "unpriced"]
        spend = own.groupby(["doctor", "patient"], as_index=False)[sums].sum()
        cost = cohort.merge(spend, how="left", on=["doctor", "patient"])
        cost[sums] = cost[sums].fillna(0).astype("int64")
        cost["squares"], cost["box_squares"] = cost.cents**2, cost.boxes**2
        cells = cost.groupby(["doctor", "stratum"], as_index=False)
        return cells.agg(patients=("patient", "size"), **{name: (name, "sum") for name in CELLS})

    def initiated(self, deliveries: pd.DataFrame, look_back: pa.Table) -> pd.DataFrame:
        """Numbers of patients by drug: initiations, and those by a GP."""
        atc = self.frames["drug_keys"]
        wanted = atc.drug[~atc.atc.str.startswith(self.definition.drugs.excluded_atc)]
        known = deliveries[deliveries.prescriber.notna()]
        first = known[(known.day >= self.days["first"]) & known.drug.isin(wanted)]
        first = first.merge(look_back.to_pandas(), on="day").reset_index(names="line")
        pairs = first.merge(known, on=["patient", "drug"], suffixes=("", "_before"))
        others = pairs.prescriber_before != pairs.prescriber
        earlier = (pairs.day_before >= pairs.look_back_day) & (pairs.day_before < pairs.day)
        kept = first[~first.line.isin(pairs.line[others & earlier])]
        by_patient = kept.groupby(["patient", "drug"], as_index=False).gp.max()
        return by_patient.groupby("drug", as_index=False).agg(initiations=("gp", "size"), gp_initiations=("gp", "sum"))
