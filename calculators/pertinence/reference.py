"""What the patients of all the doctors of a reference get, measure by measure and stratum by stratum.

Three files in the folder of a sobriety reference (or in one of their own):

* `measures.parquet`: measure, stratum (number within the measure), patients, denominator, numerator, squares (of what each
  patient adds to the numerator);
* `measure_doctors.parquet`: doctor_id, measure, patients, denominator, numerator, expected;
* `measures.toml`: usage, year, source, synthetic, built_on, program version, doctors, the hash of each measure, and those
  that the records do not allow.

The doctors are the general practitioners in activity on 31 December who have a list. Counted department by department, large
ones by blocks of patients; the sums of each stay beside the target, so that a run that was stopped goes on where it was.
It tells what each doctor's patients get: only its owner can read the files.

What volunteers sum (`volunteers.py`) and the copy that travels (`publish.py`) have no doctors: `measures.parquet` alone,
which says the rest in its metadata.
"""

import hashlib
import json
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import tomli_w
from pydantic import Field

from calculators import dates, french
from calculators.aside import file_aside
from calculators.engine import Engine
from calculators.errors import UserError
from calculators.pertinence import needs, statistics
from calculators.pertinence.measure import Measure
from calculators.pertinence.rule_tables import Rules
from calculators.pertinence.settings import settings
from calculators.pertinence.steps import Steps
from calculators.records.parts import Part, open_parts
from calculators.records.store import Store
from calculators.rules import Frozen
from calculators.spread import Floats, between_doctor_spread

LAYOUT = 2
"""Raise it when what a part counts changes."""
BLOCK = 400_000
"""Most patients counted at a time."""
STRATA, DOCTORS, ABOUT = "measures.parquet", "measure_doctors.parquet", "measures.toml"
SUMS = ("patients", "denominator", "numerator", "squares")
AMOUNTS = ("lines", "unpriced")
PRIVATE = "ne pas transmettre"
Progress = Callable[[str, float], None]
EngineOf = Callable[[Store], Engine]


class UnusableMeasuresError(UserError):
    """A reference of measures that cannot be built or read."""


@dataclass(frozen=True)
class Strata:
    """The strata of a measure: their numbers, and sums in the same order."""

    stratum: Floats
    patients: Floats
    denominator: Floats
    numerator: Floats
    squares: Floats
    held_as_one: tuple[tuple[int, ...], ...] = ()
    """Of a copy, the strata that each row is of."""
    phi_told: float | None = None

    @cached_property
    def rate(self) -> dict[int, float]:
        """Mean of the numerator by unit of the denominator, by stratum."""
        groups = self.held_as_one or tuple((int(one),) for one in self.stratum)
        rows = zip(groups, self.denominator.tolist(), self.numerator.tolist(), strict=True)
        return {stratum: counted / size for group, size, counted in rows if size > 0 for stratum in group}

    def own_weight(self, sizes: Mapping[int, int]) -> float:
        """Share (0 to 1) that a doctor of the reference is of what his patients are compared with, from his denominator by
        stratum: over strata, the sum of n times n / N, divided by the sum of n."""
        groups = self.held_as_one or tuple((int(one),) for one in self.stratum)
        mine = np.array([sum(sizes.get(stratum, 0) for stratum in group) for group in groups], float)
        known = (mine > 0) & (self.denominator > 0)
        mine, everybody = mine[known], self.denominator[known]
        return float(np.sum(mine * np.minimum(mine / everybody, 1)) / mine.sum()) if mine.size else 0.0

    @cached_property
    def phi(self) -> float:
        if self.phi_told is not None:
            return self.phi_told
        return statistics.overdispersion(self.patients, self.numerator, self.squares)


class Told(Frozen):
    """What a reference without doctors says of them; `phi`, `tau`: by measure, of a copy."""

    layout: Literal[1] = 1
    year: int
    source: str
    synthetic: bool
    built_on: date
    doctors: int
    patients: int
    hash: dict[str, str]
    not_measured: dict[str, str] = Field(default_factory=dict)
    phi: dict[str, float] = Field(default_factory=dict)
    tau: dict[str, float] = Field(default_factory=dict)
    maker: str = ""
    published: bool = False


@dataclass(frozen=True)
class MeasureReference:
    """An opened reference of measures."""

    path: Path
    year: int
    source: str
    synthetic: bool
    built_on: date
    hashes: Mapping[str, str]
    not_measured: Mapping[str, str]
    doctors: pa.Table
    _strata: Mapping[str, Strata]
    told: Told | None = None
    """Of one without doctors."""
    contributions: frozenset[str] = frozenset()
    """Numbers of the contributions of volunteers that it is the sum of."""

    @property
    def size(self) -> int:
        """How many doctors it was made of."""
        return self.told.doctors if self.told else len(set(self.doctors["doctor_id"].to_pylist()))

    @cached_property
    def patients(self) -> int:
        """Patients of its doctors' lists."""
        if self.told:
            return self.told.patients
        by_measure = self.doctors.group_by("measure").aggregate([("patients", "sum")])
        return int(pc.max(by_measure["patients_sum"]).as_py() or 0)

    def strata(self, measure: str) -> Strata | None:
        """None when it does not have the measure."""
        return self._strata.get(measure)

    @property
    def measures(self) -> tuple[str, ...]:
        """Those it has."""
        return tuple(self._strata)

    def peers(self, measure: str) -> pa.Table:
        """Rows of its doctors for a measure."""
        return self.doctors.filter(pc.equal(self.doctors["measure"], measure))

    @cached_property
    def members(self) -> Mapping[str, frozenset[str]]:
        """Ids of its doctors, by measure; empty when it does not tell them."""
        found: dict[str, set[str]] = {}
        for measure, doctor in zip(*(self.doctors[name].to_pylist() for name in ("measure", "doctor_id")), strict=True):
            found.setdefault(measure, set()).add(doctor)
        return {measure: frozenset(ids) for measure, ids in found.items()}

    def tau(self, measure: str) -> float:
        """Spread between its doctors beyond chance, of those who have enough; assumed when they are few."""
        known, strata = settings().statistics, self.strata(measure)
        if self.told and measure in self.told.tau:
            return self.told.tau[measure]
        rows = self.peers(measure)
        numerator, expected = (rows[name].to_numpy(zero_copy_only=False) for name in ("numerator", "expected"))
        usable = (numerator >= known.interval_from) & (expected > 0)
        if strata is None or usable.sum() < known.minimum_doctors:
            return known.assumed_tau
        ratio, se = numerator[usable] / expected[usable], np.sqrt(strata.phi / numerator[usable])
        found = between_doctor_spread(ratio, se)
        few = usable.sum() < known.zero_believed_from
        return known.assumed_tau if found == 0 and few else found


def build(
    folder: Path,
    year: int,
    measures: Mapping[str, Measure],
    to: Path,
    built_on: date,
    tell: Progress | None = None,
    memory: str | None = None,
    engine_of: EngineOf = Store.engine,
) -> None:
    """Build the reference of a year from all the doctors of a data folder, into `to`. Raises UnusableMeasuresError."""
    told = tell or (lambda _sentence, _share: None)
    measures = {name: one for name, one in measures.items() if not any(each.board for each in one.counts)}
    parts, work = open_parts(folder), to.parent / f".{to.name}-parts" / "measures"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    found, lacking = [], dict[str, str]()
    for done, part in enumerate(parts.departments):
        told(f"Mesures, partie {part.name} ({done + 1} sur {len(parts.departments)})", done / len(parts.departments))
        rows, lacks = _kept(part, year, measures, work, memory, engine_of)
        found.append(rows)
        lacking |= lacks
    doctors = reference_doctors(parts.doctors.open(memory), year)
    cells = _summed(pa.concat_tables(found), doctors, lacking)
    if not cells.num_rows:
        raise UnusableMeasuresError(_nothing_counted(year, doctors))
    lacking |= _unpriced(cells)
    is_told = pc.invert(pc.is_in(cells["measure"], value_set=pa.array(list(lacking), pa.string())))
    cells = cells.filter(pc.and_(is_told, pc.greater(cells["denominator"], 0)))
    about = {
        "layout": LAYOUT, "usage": PRIVATE, "year": year, "source": parts.folder.dataset.source,
        "synthetic": parts.folder.dataset.synthetic, "built_on": built_on, "program_version": _version(),
        "doctors": len(set(cells["doctor_id"].to_pylist())), "not_measured": lacking,
        "hash": {name: one.hash for name, one in measures.items() if name not in lacking},
    }  # fmt: skip
    _write(to, cells, about)
    told("Mesures comptées", 1.0)


def _nothing_counted(year: int, doctors: pa.Array) -> str:
    if not len(doctors):
        return f"Aucun médecin généraliste en activité n’a de liste au 31 décembre {year}."
    return f"Rien de ce que comptent ces mesures ne se trouve dans ces données pour l’année {year}."


def _kept(
    part: Part, year: int, measures: Mapping[str, Measure], work: Path, memory: str | None, engine_of: EngineOf
) -> tuple[pa.Table, dict[str, str]]:
    """Sums of a part, read back when they were counted from these very files; and what it lacks."""
    stamp = hashlib.sha256(
        json.dumps([LAYOUT, part.fingerprint, year, sorted((one.id, one.hash) for one in measures.values())]).encode()
    ).hexdigest()[:16]
    file = work / f"{part.name}-{year}-{stamp}.parquet"
    if not file.exists():
        store = part.open(memory)
        rules = Rules(measures, year, needs.prescribers_known(store))
        problems = {name: why.said for name, why in needs.problems(store, rules).items()}
        rules = Rules({n: one for n, one in measures.items() if n not in problems}, year, rules.prescribers_known)
        rows = pa.concat_tables([cells_of(steps) for steps in _blocks(store, rules, engine_of)])
        rows = rows.replace_schema_metadata({"lacking": json.dumps(problems)})
        for older in work.glob(f"{part.name}-{year}-*.parquet"):
            older.unlink()
        with file_aside(file) as aside:
            pq.write_table(rows, aside, compression="zstd")
    rows = pq.read_table(file)
    return rows.replace_schema_metadata(None), json.loads(rows.schema.metadata[b"lacking"])


def _blocks(store: Store, rules: Rules, engine_of: EngineOf) -> Iterator[Steps]:
    patients = store.rows["patients"]
    size = math.ceil(patients / max(math.ceil(patients / BLOCK), 1)) or 1
    for first in range(0, max(patients, 1), size):
        yield Steps(
            engine_of(store), rules, store.rights_on, None, store.covers_by_patient,
            patients=(first, first + size),
        )  # fmt: skip


def cells_of(steps: Steps) -> pa.Table:
    """doctor_id, measure (its id), stratum and sums of a block."""
    steps.listed()
    steps.values()
    steps.cells()
    found = steps.engine.fetch(
        "select k.professional_id as doctor_id, c.measure, c.stratum, c.patients, c.denominator, c.numerator, c.squares, "
        "c.lines, c.unpriced "
        "from measure_cells c join professional_keys k on k.professional = c.doctor"
    )
    ids = pa.array([one.id for one in steps.rules.measures], pa.string())
    names = ids.take(pc.cast(found["measure"], pa.int32()).combine_chunks())
    return found.set_column(1, "measure", names).cast(CELLS)


CELLS = pa.schema(
    [
        ("doctor_id", pa.string()),
        ("measure", pa.string()),
        ("stratum", pa.int64()),
        *((n, pa.int64()) for n in (*SUMS, *AMOUNTS)),
    ]
)


def reference_doctors(store: Store, year: int) -> pa.Array:
    """Ids of the doctors of the reference."""
    last = dates.to_day(date(year, 12, 31))
    found = store.engine().fetch(
        "select k.professional_id, d.specialty from doctors d join professional_keys k on k.professional = d.doctor "
        "where d.active_to_day >= :last", {"last": last},
    )  # fmt: skip
    kept = found.filter(pc.is_in(found["specialty"], pa.array(settings().reference_doctors.specialties)))
    return kept["professional_id"].combine_chunks()


def _summed(rows: pa.Table, doctors: pa.Array, lacking: Mapping[str, str]) -> pa.Table:
    """Doctor, measure and stratum, over all parts, of the doctors of the reference and of what all parts can say."""
    kept = pc.and_(
        pc.is_in(rows["doctor_id"], value_set=doctors),
        pc.invert(pc.is_in(rows["measure"], value_set=pa.array(list(lacking), pa.string()))),
    )
    keys = ["doctor_id", "measure", "stratum"]
    names = (*SUMS, *AMOUNTS)
    found = rows.filter(kept).group_by(keys).aggregate([(name, "sum") for name in names])
    found = found.rename_columns([*keys, *names])
    return found.sort_by([(key, "ascending") for key in keys])


def _unpriced(cells: pa.Table) -> dict[str, str]:
    """Amounts of money too many lines of which have none, and how many: an expected value would be too low."""
    found = cells.group_by("measure").aggregate([(name, "sum") for name in AMOUNTS]).to_pylist()
    most = settings().amounts.unpriced_at_most
    return {
        row["measure"]: f"{_lines(row['unpriced_sum'])} sans montant sur {row['lines_sum']}."
        for row in found
        if row["unpriced_sum"] > most * row["lines_sum"]
    }


def _lines(many: int) -> str:
    return french.plain(french.count(many, "ligne"))


def _write(to: Path, cells: pa.Table, about: dict[str, Any]) -> None:
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    strata = cells.group_by(["measure", "stratum"]).aggregate([(name, "sum") for name in SUMS])
    strata = strata.rename_columns(["measure", "stratum", *SUMS])
    strata = strata.sort_by([("measure", "ascending"), ("stratum", "ascending")])
    for name, rows in ((STRATA, strata), (DOCTORS, _by_doctor(cells, strata))):
        with file_aside(to / name) as aside:
            pq.write_table(rows.combine_chunks(), aside, compression="zstd", compression_level=9)
    with file_aside(to / ABOUT) as aside:
        aside.write_text(tomli_w.dumps(about), encoding="utf-8")
    for name in (STRATA, DOCTORS, ABOUT):
        (to / name).chmod(0o600)


def _by_doctor(cells: pa.Table, strata: pa.Table) -> pa.Table:
    """Sums of each doctor, and what the rates of the reference expect of his patients."""
    rate = pc.divide(pc.cast(strata["numerator"], pa.float64()), pc.cast(strata["denominator"], pa.float64()))
    rates = pa.table({"measure": strata["measure"], "stratum": strata["stratum"], "rate": rate})
    joined = cells.join(rates, ["measure", "stratum"])
    joined = joined.append_column("expected", pc.multiply(pc.cast(joined["denominator"], pa.float64()), joined["rate"]))
    names = ("patients", "denominator", "numerator", "expected")
    joined = joined.sort_by([("doctor_id", "ascending"), ("measure", "ascending"), ("stratum", "ascending")])
    found = joined.group_by(["doctor_id", "measure"], use_threads=False).aggregate([(name, "sum") for name in names])
    found = found.rename_columns(["doctor_id", "measure", *names])
    return found.sort_by([("measure", "ascending"), ("doctor_id", "ascending")])


def _version() -> str:
    try:
        return metadata.version("tableau-mt")
    except metadata.PackageNotFoundError:
        return "source"


def has_measures(folder: Path) -> bool:
    """Does a reference folder have measures?"""
    return (folder / ABOUT).is_file() or (folder / STRATA).is_file()


def open_measures(folder: Path) -> MeasureReference:
    """Open the measures of a reference folder. Raises UnusableMeasuresError (French)."""
    if not has_measures(folder):
        raise UnusableMeasuresError(
            f"La référence « {folder} » n’a pas de mesures de pertinence ; construisez-la avec « tableau-mt reference build "
            "--measures »."
        )
    try:
        if not (folder / ABOUT).is_file():
            return _without_doctors(folder)
        about = tomllib.loads((folder / ABOUT).read_text(encoding="utf-8"))
        return MeasureReference(
            folder, int(about["year"]), str(about["source"]), bool(about["synthetic"]), about["built_on"],
            dict(about["hash"]), dict(about["not_measured"]), pq.read_table(folder / DOCTORS),
            _by_measure(pq.read_table(folder / STRATA)),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as problem:
        raise UnusableMeasuresError(
            f"Les mesures de la référence « {folder} » ne sont pas lisibles ({type(problem).__name__}) : reconstruisez-la."
        ) from None


def _without_doctors(folder: Path) -> MeasureReference:
    rows = pq.read_table(folder / STRATA)
    told = Told.model_validate_json((rows.schema.metadata or {})[TOLD])
    return MeasureReference(
        folder, told.year, told.source, told.synthetic, told.built_on, told.hash, told.not_measured,
        OF_DOCTORS.empty_table(), _by_measure(rows, told.phi), told, _contributions(folder),
    )  # fmt: skip


def _contributions(folder: Path) -> frozenset[str]:
    about = folder / "reference.toml"
    told = tomllib.loads(about.read_text(encoding="utf-8")) if about.is_file() else {}
    return frozenset(map(str, told.get("contributions", ())))


def with_told(rows: pa.Table, told: Told) -> pa.Table:
    """The table of a reference without doctors."""
    return rows.replace_schema_metadata({TOLD: told.model_dump_json()})


TOLD = b"about"
OF_DOCTORS = pa.schema(
    [("doctor_id", pa.string()), ("measure", pa.string()), *((name, pa.int64()) for name in SUMS[:3]),
     ("expected", pa.float64())]
)  # fmt: skip


def _by_measure(rows: pa.Table, phi: Mapping[str, float] | None = None) -> dict[str, Strata]:
    found = {}
    for name in rows["measure"].unique().to_pylist():
        mine = rows.filter(pc.equal(rows["measure"], name))
        groups = mine["strata"].to_pylist() if "strata" in mine.column_names else []
        held = tuple(tuple(int(one) for one in group.split()) for group in groups)
        stratum, patients, denominator, numerator, squares = (
            mine[column].to_numpy().astype(float) for column in ("stratum", *SUMS)
        )
        found[name] = Strata(stratum, patients, denominator, numerator, squares, held, (phi or {}).get(name))
    return found
