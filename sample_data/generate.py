"""Fictitious practices, drawn at random: `generate(doctors, seed, to)`.

Equal seed, equal bytes; doctor k is the same whatever the number of doctors, for each has his own stream of random numbers.
Doctors are written by blocks of one department, one parquet file per table and block: memory does not grow, and an
interrupted run goes on where it stopped. Blocks are drawn side by side when there are many. `dataset.toml` is written
last, so an unfinished folder cannot be opened.
"""

import argparse
import hashlib
import multiprocessing
import os
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from calculators.aside import UNFINISHED, file_aside
from calculators.dates import OPEN_END, from_day, to_day
from calculators.errors import UnusableFolderError, UserError
from calculators.records.folder import Dataset, Period, dataset_toml, mark
from calculators.records.tables import TABLES
from sample_data import drugs, further, identities, lines, model, people, prevention, shared, tables
from sample_data.further import rows_from
from sample_data.model import HERE, YEAR, Array, Model
from sample_data.tables import days

AS_OF = date(2026, 6, 30)
BLOCK = 25
WORTH_A_PROCESS = 4
"""Blocks a process must have to write: fewer are drawn before it has started."""
ROW_GROUP = 122_880
MANIFEST = "generation.toml"
DAYS = {
    *("date", "day", "birth_date", "died_on", "from_date", "to_date", "installed_on", "active_to"),
    *("prescribed_on", "entry", "exit"),
}
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Practice:
    """One doctor's tables: columns of integers, and the words they point to."""

    doctor: people.Doctor
    people: people.People
    deliveries: dict[str, Array]
    acts: dict[str, Array]
    more: further.Further | None = None
    """What few measures ask; None for a population that is only counted."""


Thin = Callable[[Practice], Practice]


def generate(
    doctors: int,
    seed: int,
    to: Path,
    as_of: date = AS_OF,
    progress: Progress | None = None,
    *,
    since: date | None = None,
    thin: Thin | None = None,
    named: bool = False,
) -> None:
    """Write a data folder of `doctors` fictitious practices, with their acts and deliveries from `since` on (all that
    the model draws when None). `progress(sentence, share done)` is called after each block; `thin`, a function of a
    module, leaves out lines a later step does not need; `named`: give the patients fictitious names and phones.

    Raises UserError when `since` is after `as_of`, UnusableFolderError when `to` holds something else.
    """
    if since and since > as_of:
        raise UserError(
            f"Le premier jour des lignes, {since:%d/%m/%Y}, vient après le dernier jour des données, {as_of:%d/%m/%Y} : "
            "choisissez-le plus tôt."
        )
    given = model.load()
    _prepare(to, seed, as_of, since)
    blocks = [_block(given, seed, range(n, min(n + BLOCK, doctors + 1))) for n in range(1, doctors + 1, BLOCK)]
    missing = [block for block in blocks if not _is_whole(to, block.name)]
    write = partial(_write_drawn, to, as_of, since, thin)
    for done, block in enumerate(_one_by_one(write, missing), len(blocks) - len(missing) + 1):
        if progress:
            progress(f"Médecins {block.numbers.start} à {block.numbers.stop - 1}, sur {doctors}", done / len(blocks))
    _keep_only(to, [block.name for block in blocks])
    if not thin:
        shared.write(given, to)
    if named:
        departments = {f"D{number:05d}": block.department for block in blocks for number in block.numbers}
        files = (to / "patients" / f"{block.name}.parquet" for block in blocks)
        identities.write(to, [seed], departments, files)
    (to / "dataset.toml").write_text(dataset_toml(dataset(given, as_of, since)), encoding="utf-8")
    mark(to)


@dataclass(frozen=True)
class Block:
    """Doctors of one department, written to one file per table."""

    seed: int
    department: str
    numbers: range

    @property
    def name(self) -> str:
        return f"{self.department}-{self.numbers.start:06d}-{self.numbers.stop - 1:06d}"


def _block(given: Model, seed: int, numbers: range) -> Block:
    choices = given.raw["doctors"]["departments"]
    drawn = np.random.default_rng([seed, numbers.start, 0]).integers(len(choices))
    return Block(seed, str(choices[int(drawn)]), numbers)


def _one_by_one(write: Callable[[Block], None], blocks: list[Block]) -> Iterator[Block]:
    """Each block once it is written. Many of them are worth starting other processes."""
    processes = min(os.cpu_count() or 1, len(blocks) // WORTH_A_PROCESS)
    if processes < 2:
        for block in blocks:
            write(block)
            yield block
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        try:
            writing = {pool.submit(write, block): block for block in blocks}
            for written in as_completed(writing):
                written.result()
                yield writing[written]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write_drawn(to: Path, as_of: date, since: date | None, thin: Thin | None, block: Block) -> None:
    given, drawn = model.load(), []
    for number in block.numbers:
        one = _ordinary(given, number, block.department, block.seed, to_day(as_of))
        one = _from(one, since) if since else one
        drawn.append(thin(one) if thin else one)
    write_block(given, drawn, to, block.name)


def _from(one: Practice, since: date) -> Practice:
    """The same doctor, his acts and deliveries from a day on."""
    first = to_day(since)
    sold, done = (rows_from(rows, rows["day"] >= first) for rows in (one.deliveries, one.acts))
    more = one.more and one.more.since(first, one.deliveries["day"] >= first, one.acts["day"] >= first)
    return replace(one, deliveries=sold, acts=done, more=more)


def practice(
    given: Model, doctor: people.Doctor, as_of: int, rng: np.random.Generator, story: further.Story | None = None
) -> Practice:
    """Everything recorded of one doctor's patients. What few measures ask comes from a stream of its own."""
    own = rng.spawn(1)[0]
    patients = people.draw(given, doctor, as_of, rng)
    delivered, acts = lines.deliveries(), lines.acts()
    drugs.treat(given, doctor, patients, as_of, delivered, acts, rng)
    start = given.start_of_acts(as_of)
    scene = prevention.Scene(
        given, doctor, patients, as_of, start, delivered, acts, rng, _bronchodilators(given, patients, delivered, as_of)
    )
    prevention.prevent(scene)
    sold = lines.recorded(delivered.joined(), patients, -(10**6))
    sold = _sorted(_with_reversals(given, sold, rng), "patient", "product", "day")
    done = _sorted(lines.recorded(acts.joined(), patients, start), "patient", "act", "day")
    more = further.draw(given, doctor, patients, sold, done, as_of, story or further.Story(), own)
    return Practice(doctor, patients, sold, done, more)


def dataset(given: Model, as_of: date, since: date | None = None, **changes: object) -> Dataset:
    """What the folder says of itself; every page shows the title."""
    begin = since or date.min
    start = max(from_day(given.start_of_acts(to_day(as_of))), begin)
    sold_from = max(given.raw["period"]["deliveries_from"], begin)
    content = {
        "title": given.raw["dataset"]["title"], "synthetic": True, "source": given.raw["dataset"]["origin"],
        "extracted_on": as_of + timedelta(given.raw["period"]["extracted_after_days"]), "covers_from": sold_from,
        "covers_to": as_of, "ald_known": True, "c2s_known": True, "all_acts_of_doctor": True,
        "covers": {"acts": Period.model_validate({"from": start, "to": as_of}),
                   "deliveries": Period.model_validate({"from": sold_from, "to": as_of}),
                   "stays": Period.model_validate({"from": start, "to": as_of})},
    }  # fmt: skip
    return Dataset.model_validate(content | changes)


def write_block(given: Model, practices: Sequence[Practice], to: Path, name: str) -> None:
    """Write the tables of some doctors as `<table>/<name>.parquet`, or `<table>.parquet` when the name is empty."""
    for table, content in _tables(given, practices).items():
        file = to / table / f"{name}.parquet" if name else to / f"{table}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        days = [column for column in content.column_names if column in DAYS]
        with file_aside(file) as aside:
            pq.write_table(
                content, aside, compression="zstd", compression_level=6, row_group_size=ROW_GROUP, store_schema=False,
                use_dictionary=[column for column in content.column_names if column not in days],
                column_encoding=dict.fromkeys(days, "DELTA_BINARY_PACKED"), write_statistics=False,
            )  # fmt: skip


def _ordinary(given: Model, number: int, department: str, seed: int, as_of: int) -> Practice:
    rng = np.random.default_rng(np.random.SeedSequence([seed, number]))
    return practice(given, people.ordinary(given, number, department, as_of, rng), as_of, rng)


def _prepare(to: Path, seed: int, as_of: date, since: date | None) -> None:
    """Start, or go on with the same seed, dates and calibration; anything else there is not ours to replace."""
    drawn_from = b"".join(file.read_bytes() for file in (HERE / "calibration.toml", further.FILE))
    calibration = hashlib.sha256(drawn_from).hexdigest()[:16]
    drawn: dict[str, Any] = {"seed": seed, "as_of": as_of, "calibration": calibration}
    wanted = tomli_w.dumps(drawn | ({"since": since} if since else {}))
    manifest = to / MANIFEST
    if manifest.exists():
        if manifest.read_text(encoding="utf-8") != wanted:
            found = tomllib.loads(manifest.read_text(encoding="utf-8"))
            begin = f"du {found['since']} au " if "since" in found else "jusqu’au "
            raise UnusableFolderError(
                f"Le dossier « {to} » contient déjà des patientèles fictives tirées autrement (graine {found['seed']}, "
                f"{begin}{found['as_of']}). Choisissez un autre dossier."
            )
        (to / "dataset.toml").unlink(missing_ok=True)
        return
    if to.exists() and any(to.iterdir()):
        raise UnusableFolderError(
            f"Le dossier « {to} » contient déjà autre chose. Choisissez un dossier vide ou nouveau."
        )
    to.mkdir(parents=True, exist_ok=True)
    manifest.write_text(wanted, encoding="utf-8")


def _is_whole(to: Path, name: str) -> bool:
    return (to / "deliveries" / f"{name}.parquet").exists()  # the last table of a block


def _keep_only(to: Path, names: list[str]) -> None:
    """Blocks of an earlier, larger or smaller run are not part of this one, nor what a stopped run was writing."""
    for file in (file for table in TABLES for file in (to / table).glob("*")):
        if file.suffix == UNFINISHED or file.stem not in names:
            file.unlink()


def _bronchodilators(given: Model, patients: people.People, delivered: lines.Lines, as_of: int) -> Array:
    """Dispensings a year, by patient, as the rules count them."""
    prefixes = tuple(model.rule_codes()["bronchodilatateurs"]["atc"])
    inhaled = np.array([atc.startswith(prefixes) for atc in given.atc])
    sold = delivered.joined()
    rows = sold["patient"][inhaled[sold["product"]]]
    return np.bincount(rows, minlength=len(patients)) / ((as_of - given.start_of_deliveries) / YEAR)


def _with_reversals(given: Model, sold: dict[str, Array], rng: np.random.Generator) -> dict[str, Array]:
    """A few lines are cancelled and billed again the same day."""
    again = np.flatnonzero(rng.random(len(sold["day"])) < given.raw["treatment_ages"]["reversed"])
    cancelled = {name: values[again] * (-1 if name == "boxes" else 1) for name, values in sold.items()}
    return {name: np.concatenate([values, cancelled[name], values[again]]) for name, values in sold.items()}


def _sorted(rows: dict[str, Array], *keys: str) -> dict[str, Array]:
    key = np.zeros(len(rows[keys[0]]), np.int64)
    for name in keys:
        key = key * 100_000 + rows[name]
    order = np.argsort(key, kind="stable")
    return {name: values[order] for name, values in rows.items()}


def _tables(given: Model, practices: Sequence[Practice]) -> dict[str, pa.Table]:
    parts: dict[str, list[pa.Table]] = defaultdict(list)
    for one in practices:
        for name, content in _practice_tables(given, one):
            parts[name].append(content)
    return {name: pa.concat_tables(found) for name, found in parts.items()}


def _practice_tables(given: Model, one: Practice) -> Iterator[tuple[str, pa.Table]]:
    who, doctor = one.people, one.doctor
    ids = pa.array([f"{doctor.doctor_id}-{n:04d}" for n in range(len(who))])
    everyone = np.arange(len(who))
    yield "doctors", _doctor_table(doctor)
    sexes = pa.array(["M", "F"]).take(pa.array(who.woman.astype(np.int8)))
    yield "patients", _table("patients", ids, sexes, days(who.birth), days(who.died))
    rows, first = np.concatenate([everyone, who.back[:, 0]]), np.concatenate([who.first, who.back[:, 1]])
    last = np.concatenate([who.last, who.back[:, 2]])
    order = np.lexsort([first, rows])
    yield "registrations", _registrations(doctor, ids.take(pa.array(rows[order])), first[order], last[order])
    patient, column = np.nonzero(who.ald < OPEN_END)
    numbers = pa.array(given.ald_numbers[column], pa.int8())
    yield "ald", pa.table({"patient_id": ids.take(pa.array(patient)), "ald": numbers,
                           "from_date": days(who.ald[patient, column]),
                           "to_date": days(who.ald_end[patient, column])})  # fmt: skip
    helped = np.flatnonzero(who.c2s < OPEN_END)
    yield "c2s", pa.table({"patient_id": ids.take(pa.array(helped)), "from_date": days(who.c2s[helped]),
                           "to_date": days(who.c2s_end[helped])})  # fmt: skip
    yield from tables.of_care(given, one, ids)


def _doctor_table(doctor: people.Doctor) -> pa.Table:
    row = {
        "doctor_id": doctor.doctor_id, "birth_date": from_day(doctor.birth_day), "specialty": doctor.specialty,
        "sector": doctor.sector, "department": doctor.department, "zone": doctor.zone,
        "installed_on": from_day(doctor.installed_day), "first_installation": doctor.first_installation,
        "active_to": None,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=TABLES["doctors"].schema)


def _registrations(doctor: people.Doctor, patients: pa.Array, first: Array, last: Array) -> pa.Table:
    names = pa.array([doctor.doctor_id] * len(patients))
    return pa.table({"patient_id": patients, "doctor_id": names, "from_date": days(first), "to_date": days(last)})


def _table(name: str, ids: pa.Array, sexes: pa.Array, birth: pa.Array, died: pa.Array) -> pa.Table:
    return pa.table({"patient_id": ids, "birth_date": birth, "sex": sexes, "died_on": died})


def main() -> None:
    """`python -m sample_data.generate --doctors 300 --seed 1 --to DIR`."""
    parser = argparse.ArgumentParser(description="Engendre des patientèles fictives.")
    parser.add_argument("--doctors", type=int, required=True, help="nombre de médecins")
    parser.add_argument("--seed", type=int, required=True, help="graine : la même donne les mêmes fichiers")
    parser.add_argument("--to", type=Path, required=True, help="dossier à écrire")
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF, help="dernier jour des données")
    parser.add_argument("--from", dest="since", type=date.fromisoformat, help="premier jour des actes et délivrances")
    given = parser.parse_args()
    generate(given.doctors, given.seed, given.to, given.as_of, since=given.since)


if __name__ == "__main__":
    main()
