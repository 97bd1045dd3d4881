"""What is wrong with a data folder: table, file, row, column, value, and what would be right, in French.

`check` reports and changes nothing: a row at fault is kept, unless the store cannot use it at all (`Report.set_aside`,
judged once, in `store.judge_tables`). The rules that follow from the declaration of a column (null, values, width, key,
known patient) are made from `tables.py`; the others are data, in `check.toml`.

Decisions, where the definition is silent:
* A doctor missing from `doctors` is an error, though the registration is kept: no pay can be computed for that list.
* Two registrations with two doctors overlap as soon as they share one day, since both ends are inclusive.
* A CIP code of fewer than thirteen digits (CIP7, homeopathy) is an information, any other malformed code an error.
* An ATC class has the shape A00AA00; seven other characters match no list, and are an error.
* A negative sum is told once per key, on its largest reversal; reversals that are balanced are not a fault.
* What is doubtful of a table, a month or a year as a whole (`doubts.py`) is an error without a row, on no column.
* The row number is the one in the parquet file, from 1.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from calculators import faults, rules
from calculators.engine import DuckEngine, Engine, connect
from calculators.errors import UnusableFolderError
from calculators.french import number, short_day
from calculators.records import doubts, lossless
from calculators.records.check_rules import Severity, catalogue
from calculators.records.facts import FILE, typed, vocabulary
from calculators.records.folder import Dataset, Folder, Source, open_folder
from calculators.records.store import SetAside, Store, judge_tables, open_store
from calculators.records.tables import TABLES, Column, Table

EXAMPLES = 20
"""Rows told per rule and column; the count is always exact."""
WHOLE_LINES = "*"
"""Stands for the column of a problem of a table as a whole."""
SET_ASIDE_KEYS = ("patients", "doctors", "drugs")
"""Tables in which the store keeps only the first row of a key."""


@dataclass(frozen=True)
class _Check:
    """A rule applied to one column: the rows of `over` on which `when` is true are at fault."""

    id: str
    table: str
    column: str
    over: str
    when: str
    sentence: str
    severity: Severity = "erreur"
    against: str = "null"


@dataclass(frozen=True)
class Problem:
    """One row at fault. `count` is the number of rows with this fault, of which at most `EXAMPLES` are told."""

    table: str
    file: str
    row: int | None
    column: str
    value: str | None
    rule: str
    sentence: str
    severity: Severity
    count: int


@dataclass(frozen=True)
class Report:
    """What `check` found, what the store sets aside, and how many rows each recorded table has."""

    folder: Path
    problems: tuple[Problem, ...]
    set_aside: tuple[SetAside, ...]
    rows: dict[str, int]

    @property
    def is_clean(self) -> bool:
        """No error; informations may remain."""
        return not any(problem.severity == "erreur" for problem in self.problems)

    def count(self, severity: Severity) -> int:
        """Exact number of faults of this severity, told or not."""
        return sum(_faults(group) for group in _by_rule(self.problems) if group[0].severity == severity)

    def to_text(self) -> str:
        """The report as French text."""
        lines = [f"Dossier « {self.folder} »", _verdict(self.count("erreur"), self.count("information")), ""]
        lines += ["Lignes lues"] + [f"  {table} : {number(rows)}" for table, rows in self.rows.items()]
        if self.set_aside:
            lines += ["", "Lignes laissées de côté"]
            lines += [f"  {put.table} : {number(put.rows)} ({put.reason})" for put in self.set_aside]
        for severity, title in (("erreur", "Erreurs"), ("information", "Informations")):
            groups = [group for group in _by_rule(self.problems) if group[0].severity == severity]
            lines += ["", title] * bool(groups) + [line for group in groups for line in _paragraph(group)]
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """The report as JSON text, with the keys of the dataclasses and `is_clean`."""
        aside = [{"table": put.table, "reason": put.reason, "rows": put.rows} for put in self.set_aside]
        content = asdict(self) | {"folder": str(self.folder), "set_aside": aside, "is_clean": self.is_clean}
        return json.dumps(content, ensure_ascii=False, indent=2)


def check(path: Path, examples: int = EXAMPLES, store: Store | None = None) -> Report:
    """Verify a data folder, whole; `store`: that of the folder, when it is open.

    Raises UnusableFolderError (French) when a table cannot be read at all.
    """
    folder = open_folder(path)
    connection = connect()
    try:
        return _report(folder, connection, examples, store or open_store(path))
    except duckdb.Error as problem:
        raise UnusableFolderError(f"Dossier « {path} ». {faults.in_french(problem)}") from None
    finally:
        connection.close()


def _report(folder: Folder, connection: duckdb.DuckDBPyConnection, examples: int, store: Store) -> Report:
    engine = DuckEngine(connection)
    judge_tables(folder, engine)
    found = [
        *_dataset_problems(folder.dataset),
        *_typed_problems(folder, engine),
        *_respelt(folder, connection),
        *_doubtful(folder, store),
    ]
    checks = [one for one in _checks() if folder.has(one.table)]
    source = attrgetter("table", "over")
    for _, group in groupby(sorted(checks, key=source), source):
        found += _run(folder, engine, list(group), examples)
    order = list(TABLES)
    found.sort(key=lambda p: (p.severity, order.index(p.table) if p.table in order else -1, p.column, p.rule))
    return Report(folder.path, tuple(found), store.set_aside, dict(store.facts.read))


def _checks() -> Iterator[_Check]:
    known = catalogue()
    for table in TABLES.values():
        yield from _declared_by_columns(table, known.over["with_patient"].format(table=table.name))
    for rule in known.rule:
        for table_name in rule.tables:
            over = known.over[rule.over].format(table=table_name)
            yield _Check(rule.id, table_name, rule.column, over, rule.when, rule.sentence, rule.severity, rule.against)
    yield from _of_facts()


def _of_facts() -> Iterator[_Check]:
    """Keys that do not exist, and values that are not of the form of their key (`facts.toml`)."""
    known, rows = vocabulary(), "judged_practice_facts"
    names = ", ".join(f"'{key}'" for key in known.key)
    unknown = f"key not in ({names}) and not regexp_full_match(key, '{known.paid.form}')"
    sentence = "« {value} » n’est pas une clé connue : la ligne ne sert à rien. Clés : " + ", ".join(known.key) + "."
    yield _Check("cle_inconnue", "practice_facts", "key", rows, unknown, sentence)
    for kind, form in known.kind.items():
        keys = ", ".join(f"'{name}'" for name, key in known.key.items() if key.kind == kind)
        listed = [f"key in ({keys})"] * bool(keys)
        listed += [f"regexp_full_match(key, '{known.paid.form}')"] * (kind == known.paid.kind)
        wrong = f"({' or '.join(listed)}) and not regexp_full_match(value, '{form.form}')"
        if kind == "day":
            wrong = f"key in ({keys}) and try_cast(value as date) is null"
        sentence = f"« {{value}} » ne va pas à « {{against}} ». Attendu : {form.words}. La ligne ne sert à rien."
        yield _Check("valeur", "practice_facts", "value", rows, wrong, sentence, against="key")
    for name, key in known.key.items():
        if key.most is not None:
            wrong = f"key = '{name}' and try_cast(value as double) > {key.most:g}"
            sentence = f"« {{value}} » ne va pas à « {name} » : {key.most:g} au plus. La ligne ne sert à rien."
            yield _Check("valeur", "practice_facts", "value", rows, wrong, sentence)


def _declared_by_columns(table: Table, with_patient: str) -> Iterator[_Check]:
    rows = f"judged_{table.name}"
    for column in table.columns:
        if not column.nullable:
            sentence = (
                f"« {column.name} » est vide ({column.meaning}). Donnez une valeur : la ligne est laissée de côté."
            )
            yield _Check("vide", table.name, column.name, rows, f"{column.name} is null", sentence)
        if fault := _outside(column):
            yield _Check(fault[0], table.name, column.name, rows, fault[1], fault[2])
    if table.key:
        yield _duplicate(table)
    if table.name != "patients" and table.of_patients:
        sentence = "Le patient « {value} » n’est pas dans patients, ou y est laissé de côté : cette ligne l’est aussi."
        unknown = "patient_id is not null and born is null"
        yield _Check("patient_inconnu", table.name, "patient_id", with_patient, unknown, sentence)


def _outside(column: Column) -> tuple[str, str, str] | None:
    """Rule, condition and sentence for a value that the declaration excludes."""
    if column.values:
        allowed = ", ".join(f"'{value}'" for value in column.values)
        sentence = f"« {{value}} » n’est pas une valeur possible : {_range(column.values)}."
        return "valeur", f"cast({column.name} as varchar) not in ({allowed})", sentence
    if not pa.types.is_integer(column.type):
        return None
    highest = 2 ** (column.type.bit_width - 1) - 1
    sentence = f"« {{value}} » ne tient pas : un entier de {number(-highest - 1)} à {number(highest)} est attendu."
    return "entier", f"{column.name} < {-highest - 1} or {column.name} > {highest}", sentence


def _range(values: tuple[str | int, ...]) -> str:
    if all(isinstance(value, int) for value in values):
        return f"de {values[0]} à {values[-1]}"
    return " ou ".join(str(value) for value in values)


def _duplicate(table: Table) -> _Check:
    key = ", ".join(table.key)
    over = f"(select *, row_number() over (partition by {key} order by file, row) as nth from judged_{table.name})"
    when = " and ".join(["nth > 1", *(f"{column} is not null" for column in table.key)])
    fate = "seule la première ligne sert" if table.name in SET_ASIDE_KEYS else "les deux lignes sont gardées"
    sentence = f"La clé ({key}) est déjà celle d’une ligne précédente : {fate}."
    return _Check("doublon", table.name, table.key[0], over, when, sentence)


def _run(folder: Folder, engine: Engine, checks: list[_Check], examples: int) -> Iterator[Problem]:
    """Count every rule of one source in one pass, then fetch examples of those that are broken."""
    over, params = checks[0].over, _params(folder.dataset, checks[0].table)
    counts = ", ".join(f"count(*) filter (where {one.when}) as c{place}" for place, one in enumerate(checks))
    totals = engine.fetch(f"select {counts} from {over} source", params).to_pylist()[0]
    for place, one in enumerate(checks):
        if total := totals[f"c{place}"]:
            yield from _examples(folder, engine, one, total, params | {"examples": examples})


def _examples(folder: Folder, engine: Engine, one: _Check, total: int, params: dict[str, Any]) -> Iterator[Problem]:
    rows = engine.fetch(
        f"select file, row, cast({one.column} as varchar) as value, cast({one.against} as varchar) as against "
        f"from {one.over} source where {one.when} order by file, row limit :examples",
        params,
    )
    for found in rows.to_pylist():
        sentence = one.sentence.format(value=_said(found["value"]), against=_said(found["against"]))
        file = str(Path(found["file"]).relative_to(folder.path.absolute()))
        yield Problem(one.table, file, found["row"], one.column, found["value"], one.id, sentence, one.severity, total)


def _params(dataset: Dataset, table: str) -> dict[str, Any]:
    source: Source = "deliveries" if table == "deliveries" else "acts"  # the other tables ask for no period
    covers_from, covers_to = dataset.cover_of(source)
    return {"extracted_on": dataset.extracted_on, "covers_from": covers_from, "covers_to": covers_to}


def _dataset_problems(dataset: Dataset) -> Iterator[Problem]:
    periods = {"": (dataset.covers_from, dataset.covers_to)}
    periods |= {f"covers.{name}.": (period.covers_from, period.covers_to) for name, period in dataset.covers.items()}
    for prefix, (first, last) in periods.items():
        column = f"{prefix}to" if prefix else "covers_to"
        if last > dataset.extracted_on:
            extracted = short_day(dataset.extracted_on)
            sentence = f"La période dite complète finit le {short_day(last)}, après l’extraction du {extracted}."
            yield _of_dataset(column, last, "couverture", sentence)
        if first > last:
            sentence = f"La période dite complète finit le {short_day(last)}, avant de commencer le {short_day(first)}."
            yield _of_dataset(column, last, "couverture_inversee", sentence)


def _respelt(folder: Folder, connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Values read in another spelling or type than they are written, once for each file and column."""
    for table in (TABLES[name] for name in folder.files):
        for file in folder.files[table.name]:
            for one in lossless.respelt(connection, file, table, folder.partition(file)):
                read = "comme une valeur absente" if one.read is None else f"« {one.read} »"
                sentence = f"« {one.written} » est lu {read} : écriture reconnue, rien n’est perdu."
                where = str(file.relative_to(folder.path))
                yield Problem(
                    table.name, where, one.row, one.column, one.written, "ecriture", sentence, "information", one.number
                )


def _doubtful(folder: Folder, store: Store) -> Iterator[Problem]:
    """What is doubtful of a table, a month or a year as a whole (`doubts.py`)."""
    for one in doubts.doubts(store):
        where = folder.files[one.table][0].relative_to(folder.path) if len(folder.files[one.table]) == 1 else one.table
        yield Problem(one.table, str(where), None, WHOLE_LINES, one.period, one.suspicion, one.sentence, "erreur", 1)


def _typed_problems(folder: Folder, engine: Engine) -> Iterator[Problem]:
    """The first fault of practice.toml."""
    known = engine.fetch(
        "select doctor_id from usable_doctors union select doctor_id from usable_registrations order by 1"
    )
    try:
        typed(folder.path / FILE, known["doctor_id"].to_pylist())
    except rules.RuleError as fault:
        yield Problem("practice", FILE, None, "fact", None, "fait", str(fault), "erreur", 1)


def _of_dataset(column: str, value: date, rule: str, sentence: str) -> Problem:
    return Problem("dataset", "dataset.toml", None, column, value.isoformat(), rule, sentence, "erreur", 1)


def _by_rule(problems: tuple[Problem, ...]) -> list[list[Problem]]:
    """Problems of one rule on one column together: they are neighbours."""
    return [list(group) for _, group in groupby(problems, attrgetter("table", "column", "rule"))]


def _paragraph(group: list[Problem]) -> list[str]:
    head = group[0]
    lines = [f"  {head.table}, {_column(head.column)} ({head.rule}) : {number(_faults(group))}"]
    for problem in group:
        where = problem.file if problem.row is None else f"{problem.file}, ligne {problem.row}"
        lines.append(f"    {where} : {problem.sentence}")
    hidden = _faults(group) - len(group)
    return lines + [f"    … et {number(hidden)} {'autre' if hidden == 1 else 'autres'}."] * bool(hidden)


def _column(name: str) -> str:
    return "lignes" if name == WHOLE_LINES else f"colonne {name}"


def _faults(group: list[Problem]) -> int:
    """Rows at fault, told or not; doubts of several months are each told."""
    return len(group) if group[0].column == WHOLE_LINES else group[0].count


def _verdict(errors: int, informations: int) -> str:
    said = "Aucune erreur" if not errors else f"{number(errors)} erreur{'s' * (errors > 1)}"
    return f"{said}, {number(informations)} information{'s' * (informations > 1)}."


def _said(value: str | None) -> str:
    """Dates in the French order; anything else as it is."""
    day = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value or "")
    return f"{day[3]}/{day[2]}/{day[1]}" if day else value or ""
