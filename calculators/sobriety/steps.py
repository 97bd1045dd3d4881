"""Runs the SQL steps of the ratio in order, over an engine that sees the compact tables and the views of `records`.

Decisions:
* care of the year: acts netted on (patient, system, code, date), deliveries on (patient, ATC, date, prescriber);
* a doctor has seen a patient when such an act happened and the lines the doctor performed are positive too;
* a patient registered with two doctors on both days is faithful to both: every count is over (doctor, patient) pairs,
  except initiations, which are over patients;
* a delivery without an ATC class shows that the patient consumed care, but nothing tells its class: it is no
  initiation and in nobody's spend;
* a patient of unknown sex fits no stratum and is left out of everything.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from calculators import dates
from calculators.engine import Engine, Params, sql_text
from calculators.records.store import Store
from calculators.records.views import with_rights
from calculators.sobriety.definition import Definition

PACKAGE = "calculators.sobriety"


class Year:
    """The days of one calendar year that the steps need."""

    def __init__(self, year: int, look_back_months: int) -> None:
        self.first, self.last = date(year, 1, 1), date(year, 12, 31)
        self.look_back_first = dates.add_months(self.first, -look_back_months)

    @property
    def params(self) -> Params:
        first = dates.to_day(self.first)
        return {
            "first": first,
            "last": dates.to_day(self.last),
            "before": first - 1,
            "look_back_first": dates.to_day(self.look_back_first),
        }


class Steps:
    """One run over a year: each method makes the tables named in it, from those of the methods before."""

    def __init__(self, store: Store, year: int, definition: Definition, engine: Engine | None = None) -> None:
        self.store, self.engine, self.definition = store, engine or store.engine(), definition
        self.year = Year(year, definition.drugs.look_back_months)
        self._params: Params = (
            self.year.params
            | store.rights_on(dates.to_day(self.year.last))
            | {
                "excluded_atc": definition.drugs.excluded_atc + "%",
                "share": definition.drugs.gp_share_over_percent,
                "seen_over": definition.doctors.seen_over,
                "per_mille": definition.cap.per_mille,
            }
        )

    def cohort(self, doctors: Sequence[int] | None, look_back: bool = False, covered_before: bool = False) -> None:
        """candidates, acts_kept, deliveries_kept (with the months of look-back or not), cohort; of all doctors if None.
        Where the data say patient by patient what they cover, who is not covered every day of the year is left out;
        `covered_before`: nor on every day of the look-back."""
        self._ask(doctors)
        self.engine.define("of_age", _of_age(self.year.last.year, self.definition))
        self._run("candidates")
        since = {} if look_back else {"look_back_first": self._params["first"]}
        self._run("acts_kept")
        kept_for_later = self._run if look_back else self._define
        kept_for_later("deliveries_kept", since)
        self._known_cohort(covered_before)

    def _known_cohort(self, covered_before: bool) -> None:
        if not self.store.covers_by_patient:
            self._run_as("cohort", "cohort_first")
            return
        self._run_as("cohort_before", "cohort_first")
        first = self._params["look_back_first" if covered_before else "first"]
        self._run_as("cohort", "cohort_next", {"covered_from_day": first})

    def uncovered_counts(self) -> dict[int, int]:
        """Faithful patients of each doctor (key) left out because the data do not cover them. Needs cohort."""
        if not self.store.covers_by_patient:
            return {}
        rows = self.rows("uncovered_counts", "doctor")
        return dict(zip(rows["doctor"].to_pylist(), rows["patients"].to_pylist(), strict=True))

    def unknown_rights(self) -> None:
        self._run("unknown_rights")

    def seen(self) -> None:
        self._run("seen")

    def initiated(self) -> None:
        """initiations, and initiated: numbers by ATC class. Needs the look-back in deliveries_kept."""
        self.engine.view("calendar", calendar(self.year, self.definition.drugs.look_back_months))
        self.engine.view("gp_codes", pa.table({"specialty": pa.array(self.definition.drugs.gp_codes, pa.int32())}))
        self._run("initiations")
        self._run("initiated")

    def scope(self) -> None:
        """scope, from initiated."""
        self._run("scope")

    def tracked(self, classes: Sequence[str]) -> None:
        """tracked, from the ATC classes of a reference."""
        self.engine.view("tracked_atc", pa.table({"atc": pa.array(classes, pa.string())}))
        self.engine.define("tracked", "select k.drug from drug_keys k semi join tracked_atc t on t.atc = k.atc")

    def spend(self, lines: bool = False) -> None:
        """prescriptions, and spend: their sum by patient; the lines themselves are kept for `opened`, or not."""
        (self._run if lines else self._define)("prescribed_lines")
        self._run("prescriptions")
        self._run("spend")

    def cells(self) -> pa.Table:
        """Rows of the step `cells`."""
        return self.rows("cells", "doctor, stratum")

    def listed_doctors(self) -> None:
        self._run("listed_doctors")

    def prescribed(self) -> None:
        self._run("prescribed")

    def reference_doctors(self) -> pa.Table:
        """Rows of the step `reference_doctors`, from listed_doctors, prescribed and scope."""
        specialties = pa.array(self.definition.doctors.specialties, pa.string())
        self.engine.view("specialties", pa.table({"specialty": specialties}))
        return self.rows("reference_doctors", "doctor_id")

    def reference_parts(self, doctors: pa.Array) -> None:
        """reference_cells, classes, spends and block_caps, for the doctors of the reference only. Needs spend."""
        self.engine.view("reference_ids", pa.table({"doctor_id": doctors}))
        for step in ("cells", "kept_doctors", "reference_cells", "classes", "spends", "block_caps"):
            self._run(step)

    def reference_sums(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Cells, classes and capped strata of the whole reference, from reference_parts of all its parts."""
        cells = self.kept_rows("all_cells", "doctor_id, stratum")
        for step in ("high_spends", "caps"):
            self._run(step)
        return cells, self.rows("all_classes", "stratum, atc"), self.rows("capped", "stratum")

    def seen_counts(self) -> dict[int, int]:
        """How many faithful patients each doctor (key) saw. Needs seen."""
        found = self.rows("seen_counts", "doctor")
        return dict(zip(found["doctor"].to_pylist(), found["patients"].to_pylist(), strict=True))

    def unknown_counts(self) -> dict[int, tuple[int, int]]:
        """Faithful patients of each doctor (key) whose ALD, and whose C2S, the source does not say; nobody where it says
        all. Needs cohort."""
        if self.store.knows("ald") and self.store.knows("c2s"):
            return {}
        rows = self.rows("unknown_rights", "doctor").to_pylist()
        return {row["doctor"]: (row["unknown_ald"], row["unknown_c2s"]) for row in rows}

    def opened(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Patients, their classes, and the part of these in long use, of the one doctor asked for.

        Needs the look-back in deliveries_kept, and the lines of spend.
        """
        cases = self.definition.what_if
        self.engine.view(
            "cases",
            pa.table(
                {
                    "id": pa.array([case.id for case in cases], pa.string()),
                    "pattern": pa.array([case.atc + "%" for case in cases], pa.string()),
                    "beyond_days": pa.array([case.beyond_days for case in cases], pa.int32()),
                }
            ),
        )
        self.engine.view("calendar", calendar(self.year, self.definition.drugs.look_back_months))
        self._run("case_drugs")
        return (
            self.rows("opened_patients", "patient_id"),
            self.rows("opened_classes", "patient_id, atc"),
            self.rows("opened_long_use", "id, patient_id, atc"),
        )

    def rows(self, step: str, order: str) -> pa.Table:
        """Rows of a last step, in order: no table is kept for another to read."""
        return self.engine.fetch(f"{sql_text(PACKAGE, step)} order by {order}", self._params)

    def kept_rows(self, step: str, order: str) -> pa.Table:
        """Rows of a step that others read, in order."""
        self._run(step)
        return self.engine.fetch(f"select * from {step} order by {order}")

    def _ask(self, doctors: Sequence[int] | None) -> None:
        if doctors is None:
            self.engine.define("asked", "select distinct doctor from registrations")
        elif len(doctors) == 1:
            self.engine.define("asked", "select cast(:doctor as integer) as doctor", {"doctor": doctors[0]})
        else:
            self.engine.view("asked", pa.table({"doctor": pa.array(doctors, pa.int32())}))

    def _define(self, step: str, changed: Params | None = None) -> None:
        self.engine.define(step, sql_text(PACKAGE, step), self._params | (changed or {}))

    def _run(self, step: str, changed: Params | None = None) -> None:
        self._run_as(step, step, changed)

    def _run_as(self, name: str, step: str, changed: Params | None = None) -> None:
        self.engine.step(name, with_rights(sql_text(PACKAGE, step)), self._params | (changed or {}))


def _of_age(year: int, definition: Definition) -> str:
    """Patients and their age class: on 31 December everyone's age is the difference of the years."""
    born_to = [dates.to_day(date(year - start, 12, 31)) for start in definition.strata.age_from]
    oldest_first = reversed(list(enumerate(born_to)))
    cases = " ".join(f"when birth_day <= {day} then {age_class}" for age_class, day in oldest_first)
    return f"select patient, sex, died_day, case {cases} end as age_class from patients where birth_day <= {born_to[0]}"


def tracked_classes(scope: pa.Table) -> list[str]:
    """ATC classes of the scope that are tracked."""
    return list(scope.filter(scope["tracked"])["atc"].to_pylist())


def calendar(year: Year, months: int) -> pa.Table:
    """Days of the year, and the first day of their look-back."""
    days = np.arange(dates.to_day(year.first), dates.to_day(year.last) + 1, dtype=np.int32)
    return pa.table({"day": days, "look_back_day": dates.shift_months(days, -months)})
