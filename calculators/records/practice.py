"""A practice folder grows: documents are added and withdrawn, and its tables are made anew from all that it keeps.

What documents said is in `sources/`: their people, the days they cover and their tables, each with the source of every row.
From that alone, and the keys already given, come the canonical tables, `sources.parquet` and `identities.parquet`. All of it
is written aside, opened once, then takes the place of the earlier folder at one stroke; whatever else is in the folder (the
declarations, notes, rules) goes along as it is.

A folder from before, or made by another program, becomes a source of its own when the first document is added.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators import faults
from calculators.aside import UNFINISHED, folder_aside
from calculators.engine import DuckEngine
from calculators.errors import UnusableFolderError, UserError
from calculators.french import count, plain
from calculators.records import answers, identities, sources
from calculators.records import folder as folders
from calculators.records import listed as listed_in
from calculators.records.answers import Answer, Question
from calculators.records.folder import STORES, Dataset, Folder, dataset_toml, made_here, mark, open_folder
from calculators.records.identities import Identity, Named
from calculators.records.merging import merged, numbers
from calculators.records.readers.shape import Covered, Document, Person, SourceError
from calculators.records.signatures import KINDS
from calculators.records.sources import Source
from calculators.records.store import open_store, usable_tables
from calculators.records.tables import TABLES

KEPT = "sources"
"""Folder of what the documents said."""
PEOPLE = "people"
MAPPING = "mapping.toml"
"""What the user said of the columns of his lists."""
UNNAMED = "inconnu"
"""The doctor of documents that name none."""
EARLIER = "dossier"
"""Kind of a folder that was there before its first document was added."""
EARLIER_KEY = re.compile(r"patient-\d+")
LONG_AGO = date(1970, 1, 1)
"""Day of what has none."""
ALWAYS = ("doctors", "patients", "registrations", "acts", "deliveries", "coverage")
DATED: dict[folders.Source, str] = {
    "acts": "acts",
    "deliveries": "deliveries",
    "biology": "acts",
    "vaccinations": "deliveries",
}
"""Domains that dataset.toml speaks of, and the table that must be recorded."""
NOBODY = (
    "Ces fichiers ne nomment aucun patient : donnez avec eux, ou avant eux, un document ou une liste de patients. Une base "
    "de médicaments complète un dossier qui existe."
)
ORDINARY = {"specialty": "gp", "sector": "1", "zone": "none", "first_installation": False}
"""What is said of a doctor of whom only the number is known."""


@dataclass(frozen=True)
class Changed:
    """What an operation did. `known`: names of documents that were already there; `left`: why documents could not be taken;
    `maybe`: sentences about people who may be one."""

    added: tuple[Source, ...] = ()
    known: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    removed: tuple[Source, ...] = ()
    superseded: tuple[Source, ...] = ()
    maybe: tuple[str, ...] = ()
    patients: int = 0
    doctor: str = ""
    """Whose patients they are, empty when the documents say it of each."""


@dataclass(frozen=True)
class _Kept:
    """All that a folder was made from. Tables have nodes as patient_id, and a column source_id."""

    sources: tuple[Source, ...] = ()
    people: tuple[Named, ...] = ()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()
    answers: tuple[Answer, ...] = ()
    salt: bytes = b""
    doctor: str = ""

    def without(self, gone: Iterable[str]) -> "_Kept":
        """The same without these sources; the keys stay known."""
        ids = set(gone)
        listed = pa.array(ids, pa.string())
        tables = {
            name: table.filter(pc.is_null(numbers(table["source_id"], listed))) for name, table in self.tables.items()
        }
        return replace(
            self,
            sources=tuple(one for one in self.sources if one.source_id not in ids),
            people=tuple(one for one in self.people if one.source_id not in ids),
            tables={name: table for name, table in tables.items() if table.num_rows},
        )


@dataclass(frozen=True)
class _Made:
    """What is written."""

    kept: _Kept
    tables: Mapping[str, pa.Table]
    dataset: Dataset
    doctor: str
    questions: tuple[Question, ...]


def add(
    to: Path, documents: Iterable[Document], doctor: str = "", instead: bool = False, today: date | None = None
) -> Changed:
    """Add documents to a practice folder, made when there is none; `instead` of all that it holds. `doctor`: whose patients
    they are when they do not say; `today` is the day of the import, that of the newest document when it is not given. A
    document that is there already, or cannot be taken, changes nothing.

    Raises UnusableFolderError, SourceError (French); the folder is then as it was.
    """
    _require_ours(to)
    with _as_sentence(to):
        before, stamp = _read(to, damaged_goes=instead), _stamp(to)
        kept = before.without(one.source_id for one in before.sources) if instead else before
        taken, known, left = _taken(kept, documents)
        kept = _with(kept, taken, today or _newest_day(taken))
        added = [one.source_id for one in taken]
        if not kept.sources:
            raise SourceError("\n".join(["Aucun document à importer.", *left]))
        if not kept.people:
            raise SourceError("\n".join([NOBODY, *left, *_reasons(taken)]))
        if not added and not instead and doctor in ("", before.doctor):
            return Changed(known=tuple(known), left=tuple(left), patients=_patients(before), doctor=before.doctor)
        made = _write(to, before, replace(kept, doctor=doctor or kept.doctor), stamp)
    gone = () if not instead else tuple(one for one in before.sources if one.source_id not in added)
    return _changed(before, made, added, tuple(known), tuple(left), gone)


def _reasons(documents: Iterable[Document]) -> Iterator[str]:
    """What was left of each document."""
    for one in documents:
        yield from (f"« {Path(one.name).name} » : {left}" for left in one.unmapped)


def remove(folder: Path, source_id: str) -> Changed:
    """Withdraw a source, named by its id or the first characters of it.

    Raises UserError (French): no such source, or the last one.
    """
    with _as_sentence(folder):
        before, stamp = _read(folder), _stamp(folder)
        found = [one for one in before.sources if source_id and one.source_id.startswith(source_id)]
        if len(found) != 1:
            why = "aucune source n’a" if not found else f"{len(found)} sources ont"
            raise UserError(f"« {source_id} » : {why} ce numéro ; « tableau-mt sources {folder} » les liste.")
        kept = before.without([found[0].source_id])
        if not kept.people:
            raise UserError(
                f"C’est la seule source de patients du dossier : « tableau-mt forget {folder} --everything » efface le "
                "dossier entier."
            )
        made = _write(folder, before, kept, stamp)
    return _changed(before, made, [], (), (), (found[0],))


def listed(folder: Path) -> list[Source]:
    """Sources of a folder, the oldest document first; a folder from before is one. Raises UnusableFolderError."""
    return list(_read(folder).sources)


def questions(folder: Path) -> list[Question]:
    """Pairs of patients that may be one, and wait for an answer. Raises UnusableFolderError."""
    return list(_make(_read(folder)).questions)


def answered(folder: Path) -> tuple[Answer, ...]:
    """What was answered of such pairs."""
    return answers.read(folder)


def answer(folder: Path, pair: tuple[str, str], same: bool | None, today: date) -> Changed:
    """Are two keys one patient? None takes the answer back. Later imports and withdrawals keep it.

    Raises UserError (French): a key that is not in the folder.
    """
    with _as_sentence(folder):
        before, stamp = _read(folder), _stamp(folder)
        known = {one.key for one in before.identities}
        if strange := [key for key in pair if key not in known]:
            raise UserError(f"« {strange[0]} » n’est la clé d’aucun patient de « {folder} ».")
        if pair[0] == pair[1]:
            raise UserError(f"« {pair[0]} » est donné deux fois : donnez les clés de deux patients.")
        new = answers.of(*pair, bool(same), today)
        said = answers.without(before.answers, new.pair) if same is None else answers.with_answer(before.answers, new)
        made = _write(folder, before, replace(before, answers=said), stamp)
    return _changed(before, made, [], (), (), ())


def goes(folder: Path) -> str:
    """What --replace would take away, in French; empty when there is nothing."""
    kept = _read(folder)
    if not kept.sources:
        return ""
    said = _declared(folder)
    gone = plain(f"{count(len(kept.sources), 'source')} et {count(_patients(kept), 'patient')} s’en vont")
    if not said:
        return f"{gone} ; il n’y a pas de déclaration."
    stay = plain(count(said, "déclaration reste", "déclarations restent"))
    return f"{gone} ; {stay} dans le dossier, et ne vaudront que pour les patients dont un document revient."


def _declared(folder: Path) -> int:
    file = folder / "declarations.jsonl"
    return sum(1 for line in file.read_bytes().split(b"\n") if line.strip()) if file.is_file() else 0


@contextmanager
def _as_sentence(folder: Path) -> Iterator[None]:
    """What the disk refuses, as a French sentence."""
    try:
        yield
    except OSError as problem:
        raise SourceError(f"Le dossier « {folder} » ne peut pas être écrit : {faults.cause(problem)}.") from None


def _require_ours(to: Path) -> None:
    if to.exists() and not to.is_dir():
        raise UnusableFolderError(f"« {to} » est un fichier : indiquez un dossier.")
    if to.exists() and any(to.iterdir()) and not (to / "dataset.toml").exists():
        raise UnusableFolderError(
            f"Le dossier « {to} » contient déjà autre chose. Choisissez un dossier vide ou nouveau."
        )


def _stamp(folder: Path) -> object:
    """Changes when another program writes the folder meanwhile."""
    found = [folder / name for name in ("dataset.toml", sources.FILE) if (folder / name).exists()]
    return [(file.name, file.stat().st_ino, file.stat().st_mtime_ns) for file in found]


def _read(folder: Path, damaged_goes: bool = False) -> _Kept:
    """What a folder was made from; its own tables when it is from before. `damaged_goes`: what cannot be read is to be
    replaced anyway."""
    if not (folder / "dataset.toml").exists():
        return _Kept(
            salt=identities.salt(folder), identities=tuple(identities.read(folder)), answers=answers.read(folder)
        )
    kept = _Kept(
        sources=tuple(sources.read(folder)),
        identities=tuple(identities.read(folder)),
        answers=answers.read(folder),
        salt=identities.salt(folder),
        doctor=sources.doctor(folder),
    )
    if not kept.sources:
        earlier = _earlier(open_folder(folder), {one.key: one for one in kept.identities})
        drawn = tuple(one for one in kept.identities if one.documents)
        return _with(replace(kept, identities=drawn), [earlier], _newest_day([earlier]))
    try:
        tables = {file.stem: _kept_table(file) for file in sorted((folder / KEPT).glob("*.parquet"))}
        people = tuple(Named(**row) for row in pq.read_table(folder / KEPT / f"{PEOPLE}.parquet").to_pylist())
        del tables[PEOPLE]
    except (pa.ArrowException, KeyError, TypeError):
        if damaged_goes:
            return kept
        raise UnusableFolderError(
            f"« {folder / KEPT} », où sont gardés les documents importés, ne peut pas être lu : remettez une copie du "
            "dossier, ou importez de nouveau les documents avec --replace."
        ) from None
    return replace(kept, people=people, tables=tables)


def _kept_table(file: Path) -> pa.Table:
    """People and documents are few beside the lines: each line has their number alone."""
    table: pa.Table = pq.read_table(file, read_dictionary=["patient_id", "source_id"])
    return table


def _earlier(folder: Folder, named: Mapping[str, Identity]) -> Document:
    """A folder that was not made from documents, as one; its patients with the names it gives them."""
    engine = DuckEngine()
    tables = usable_tables(folder, engine) | _whole_drugs(folder)
    people = tuple(_as_person(row, named.get(row["patient_id"])) for row in tables["patients"].to_pylist())
    about = folder.dataset
    covered = () if folder.has("coverage") else _everybody(folder, [one.key for one in people])
    return Document(
        kind=EARLIER, name=str(folder.path), title=about.title, source_id=_content(folder), people=people, tables=tables,
        covered=covered, created_on=about.extracted_on, synthetic=about.synthetic, ald_known=_knows(folder, "ald"),
        c2s_known=_knows(folder, "c2s"),
    )  # fmt: skip


def _as_person(row: Mapping[str, Any], named: Identity | None) -> Person:
    who = Person(row["patient_id"], row["birth_date"], row["sex"], keeps_key=True)
    return who if named is None else replace(who, family=named.family, given=named.given, phone=named.phone)


def _whole_drugs(folder: Folder) -> dict[str, pa.Table]:
    """The drug reference with the columns beside those declared: year of the prices, packs."""
    files = folder.files.get("drugs", [])
    if not files or any(file.suffix != ".parquet" for file in files):
        return {}
    return {"drugs": pa.concat_tables([pq.ParquetFile(file).read() for file in files], promote_options="permissive")}


def _knows(folder: Folder, right: str) -> bool:
    return bool(getattr(folder.dataset, f"{right}_known")) and folder.has(right)


def _everybody(folder: Folder, keys: Sequence[str]) -> tuple[Covered, ...]:
    """The periods of dataset.toml, for each patient."""
    periods = {domain: folder.dataset.cover_of(domain) for domain, table in DATED.items() if folder.has(table)}
    return tuple(Covered(key, domain, *days) for key in keys for domain, days in periods.items())


def _content(folder: Folder) -> str:
    """Digest of what a folder holds, wherever it is."""
    total = hashlib.sha256()
    for file in [folder.path / "dataset.toml", *(file for files in folder.files.values() for file in files)]:
        total.update(str(file.relative_to(folder.path)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _taken(kept: _Kept, documents: Iterable[Document]) -> tuple[list[Document], list[str], list[str]]:
    """The documents that are new, the names of those that are there already, and why others cannot be taken."""
    ids = {one.source_id for one in kept.sources}
    keys = {one.kept_key: one for one in kept.people if one.kept_key}
    taken: list[Document] = []
    known: list[str] = []
    left: list[str] = []
    for document in documents:
        if document.source_id in ids:
            known.append(document.name)
        elif sentence := _obstacle(keys, document):
            left.append(sentence)
        else:
            taken.append(document)
            ids.add(document.source_id)
            keys |= {one.kept_key: one for one in _named(kept, document) if one.kept_key}
    return taken, known, left


def _newest_day(documents: Iterable[Document]) -> date:
    days = [day for one in documents for day in (one.created_on, *(covered.to_date for covered in one.covered)) if day]
    return max(days, default=LONG_AGO)


def _obstacle(taken: Mapping[str, Named], document: Document) -> str:
    """Why a document cannot be added; empty when it can. `taken`: whose the opaque keys are."""
    for person in document.people if taken else ():
        other = taken.get(person.key) if person.keeps_key else None
        if other and (other.birth, other.sex) != (person.birth, person.sex):
            return (
                f"« {document.name} » : sa clé « {person.key} » est déjà celle d’un autre patient du dossier (naissance ou "
                "sexe différents) ; importez-le dans un dossier à part."
            )
    return ""


def _named(kept: _Kept, document: Document) -> list[Named]:
    return [identities.named(document.source_id, place, one, kept.salt) for place, one in enumerate(document.people)]


def _with(kept: _Kept, documents: Sequence[Document], today: date) -> _Kept:
    """Documents more."""
    people = list(kept.people)
    tables = {name: [table] for name, table in kept.tables.items()}
    for document in documents:
        named = _named(kept, document)
        people += named
        nodes = {one.key: own.node for one, own in zip(document.people, named, strict=True)}
        for name, table in _tables_of(document).items():
            tables.setdefault(name, []).append(_of_nodes(_shaped(name, table), nodes, document.source_id))
    return replace(
        kept,
        sources=(*kept.sources, *(sources.of(document, today) for document in documents)),
        people=tuple(people),
        tables={name: pa.concat_tables(parts, promote_options="permissive") for name, parts in tables.items()},
    )


def _tables_of(document: Document) -> dict[str, pa.Table]:
    """Its tables that have rows, with the days it covers."""
    given = listed_in.tables_of(document)
    if document.covered:
        rows = [one._asdict() for one in document.covered]
        own = pa.Table.from_pylist([{"patient_id": row.pop("key")} | row for row in rows])
        parts = [given["coverage"], own] if "coverage" in given else [own]
        given["coverage"] = pa.concat_tables(parts, promote_options="permissive")
    return given


def _shaped(name: str, table: pa.Table) -> pa.Table:
    """The declared columns in their types, those that are missing empty; others as they are."""
    for column in TABLES[name].columns if name in TABLES else ():
        place = table.schema.get_field_index(column.name)
        if place >= 0:
            table = table.set_column(place, pa.field(column.name, column.type), table[column.name].cast(column.type))
        elif not column.optional:
            table = table.append_column(pa.field(column.name, column.type), pa.nulls(table.num_rows, column.type))
    return table


def _of_nodes(table: pa.Table, nodes: Mapping[str, str], source_id: str) -> pa.Table:
    """Rows of the people of a document, each with its node and its source."""
    if "source_id" in table.column_names:
        table = table.drop_columns(["source_id"])
    one = pa.DictionaryArray.from_arrays(pa.array(np.zeros(table.num_rows, np.int32)), pa.array([source_id]))
    table = table.append_column("source_id", one)
    if "patient_id" not in table.column_names:
        return table
    places = numbers(table["patient_id"], pa.array(nodes.keys(), pa.string()))
    own = pa.DictionaryArray.from_arrays(places, pa.array(nodes.values(), pa.string()))
    column = table.schema.get_field_index("patient_id")
    table = table.set_column(column, "patient_id", own)
    return table.filter(pc.is_valid(table["patient_id"])) if places.null_count else table


def _write(to: Path, before: _Kept, kept: _Kept, stamp: object) -> _Made:
    """Make the folder anew from what is kept, look at it once, and put it in place of the earlier one."""
    made = _make(kept)
    ours = {KEPT, sources.FILE, identities.FILE, answers.FILE, "dataset.toml", *TABLES}
    ours |= {f"{name}.parquet" for name in (*TABLES, *before.tables, *kept.tables, *made.tables)}
    with folder_aside(to, keep=_others(to, ours)) as aside:
        for name, table in made.tables.items():
            pq.write_table(table, aside / f"{name}.parquet", compression="zstd")
        (aside / KEPT).mkdir()
        people = pa.Table.from_pylist([vars(one) for one in made.kept.people], schema=identities.PEOPLE)
        for name, table in {**made.kept.tables, PEOPLE: people}.items():
            pq.write_table(table, aside / KEPT / f"{name}.parquet", compression="zstd")
        sources.write(aside, made.kept.sources, made.kept.doctor)
        identities.write(aside, made.kept.identities, made.kept.salt)
        answers.write(aside, made.kept.answers)
        (aside / "dataset.toml").write_text(dataset_toml(made.dataset), encoding="utf-8")
        if not to.exists() or not any(to.iterdir()) or made_here(to):
            mark(aside)
        open_store(aside, held=False)
        if _stamp(to) != stamp:
            raise UserError(f"« {to} » a été modifié entre-temps par un autre import : recommencez.")
    return made


def _others(path: Path, ours: set[str]) -> list[Path]:
    """What stands in a folder beside what is made here. Stores are built again."""
    if not path.exists():
        return []
    cached = (STORES, UNFINISHED)
    return [file for file in path.iterdir() if file.name not in ours and not any(word in file.name for word in cached)]


def _make(kept: _Kept) -> _Made:
    every = tuple(sources.superseded(kept.sources))
    speaking = sources.speaking(every)
    ids = {one.source_id for one in speaking}
    groups = identities.match(kept.people, _earlier_nodes(kept), _lines_of(kept))
    shown = frozenset(one.node for one in kept.people if one.source_id in ids)
    keys, known = identities.assign(groups, kept.people, kept.identities, _moved(every, kept.people), shown)
    keys, known = answers.applied(kept.answers, keys, known, {one.kept_key for one in kept.people})
    nodes = {node: key for node, key in keys.items() if node in shown}
    tables = _complete(kept, speaking, nodes, merged(kept.tables, nodes, [one.source_id for one in speaking]))
    told = tuple(replace(one, patient_ids=_patient_ids(one, kept.people, keys)) for one in every)
    return _Made(
        kept=replace(kept, sources=told, identities=tuple(known)),
        tables=tables,
        dataset=_dataset(speaking, tables),
        doctor=_doctor(kept, tables),
        questions=tuple(
            answers.questions(
                groups, keys, kept.people, {one.source_id: one.name for one in every}, kept.answers,
                {one.key: one.leads_to for one in known if one.leads_to},
            )
        ),
    )  # fmt: skip


def _patient_ids(source: Source, people: Iterable[Named], keys: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys[one.node] for one in people if one.source_id == source.source_id))


def _earlier_nodes(kept: _Kept) -> frozenset[str]:
    earlier = {one.source_id for one in kept.sources if one.kind == EARLIER}
    return frozenset(
        one.node for one in kept.people if one.source_id in earlier and EARLIER_KEY.fullmatch(one.kept_key)
    )


def _lines_of(kept: _Kept) -> Callable[[str], frozenset[tuple[date, str, str]]]:
    """(date, system, code) of the lines of a node, looked for when they are asked for."""
    found: dict[str, frozenset[tuple[date, str, str]]] = {}

    def lines(node: str) -> frozenset[tuple[date, str, str]]:
        if node not in found:
            acts, deliveries = (_rows_of(kept, name, node) for name in ("acts", "deliveries"))
            done = {(row["date"], row["system"], row["code"]) for row in acts}
            given = {
                (row["date"], "cip13" if row["cip13"] else "atc", row["cip13"] or row["atc"]) for row in deliveries
            }
            found[node] = frozenset(done | given)
        return found[node]

    return lines


def _rows_of(kept: _Kept, name: str, node: str) -> list[dict[str, Any]]:
    if name not in kept.tables:
        return []
    table = kept.tables[name]
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["patient_id"], node)).to_pylist()
    return rows


def _moved(every: Sequence[Source], people: Iterable[Named]) -> dict[str, str]:
    """Node of each superseded document of one person -> that of the document of one person that speaks in its place."""
    of: dict[str, list[str]] = {}
    for one in people:
        of.setdefault(one.source_id, []).append(one.node)
    by_id = {one.source_id: one for one in every}
    moved = {}
    for source in every:
        last, seen = source, {source.source_id}
        while last.superseded_by in by_id and last.superseded_by not in seen:
            last = by_id[last.superseded_by]
            seen.add(last.source_id)
        if last is not source and len(of[source.source_id]) == len(of[last.source_id]) == 1:
            moved[of[source.source_id][0]] = of[last.source_id][0]
    return moved


def _complete(
    kept: _Kept, speaking: Sequence[Source], nodes: Mapping[str, str], found: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """The tables of a data folder: patients, lists and doctors, and those that tell nothing happened."""
    tables = {name: table for name, table in found.items() if table.num_rows}
    rights = [right for right in ("ald", "c2s") if any(getattr(one, f"{right}_known") for one in speaking)]
    for name in (*ALWAYS, *rights):
        tables.setdefault(name, TABLES[name].schema.empty_table())
    if "stays" in pc.unique(tables["coverage"]["domain"]).to_pylist():
        tables.setdefault("stays", TABLES["stays"].schema.empty_table())
    people = _newest_first(kept.people, speaking, nodes)
    tables["patients"] = _patients_table(kept, people, {one.source_id: one for one in speaking})
    doctor = _doctor(kept, tables)
    tables["registrations"] = _registrations(tables, people, speaking, doctor)
    tables["doctors"] = _doctors(tables)
    return {name: _ordered(name, table) for name, table in tables.items()}


def _ordered(name: str, table: pa.Table) -> pa.Table:
    """The declared columns first, in their types."""
    if name not in TABLES:
        return table
    schema = TABLES[name].schema_of(table)
    more = [column for column in table.column_names if column not in schema.names]
    return table.select([*schema.names, *more]).cast(pa.schema([*schema, *(table.schema.field(one) for one in more)]))


def _newest_first(
    people: Iterable[Named], speaking: Sequence[Source], nodes: Mapping[str, str]
) -> dict[str, list[Named]]:
    """Who each patient is, by key, in the words of the newest document first."""
    age = {one.source_id: place for place, one in enumerate(speaking)}
    found: dict[str, list[Named]] = {}
    for one in sorted((one for one in people if one.node in nodes), key=lambda one: (-age[one.source_id], one.node)):
        found.setdefault(nodes[one.node], []).append(one)
    return dict(sorted(found.items()))


def _patients_table(kept: _Kept, people: Mapping[str, Sequence[Named]], known: Mapping[str, Source]) -> pa.Table:
    """His rights are known when one of his documents knows them, whatever those of others do."""
    said = kept.tables.get("patients")
    told: dict[str, dict[str, Any]] = {} if said is None else {row["patient_id"]: row for row in said.to_pylist()}
    rows = [
        {
            "patient_id": key,
            "birth_date": _first([one.birth for one in of if one.birth_precision == "day"] + [one.birth for one in of]),
            "sex": _first([one.sex for one in of if one.sex in ("F", "M")]) or "U",
            "died_on": _first([told.get(one.node, {}).get("died_on") for one in of]),
            **{name: any(_is_told(told, one, name, known) for one in of) for name in ("ald_known", "c2s_known")},
        }
        for key, of in people.items()
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["patients"].schema)


def _is_told(told: Mapping[str, Mapping[str, Any]], one: Named, name: str, known: Mapping[str, Source]) -> bool:
    """Does a document know this right of him? What it says of him alone goes before what it says of all."""
    own = told.get(one.node, {}).get(name)
    return bool(getattr(known[one.source_id], name) if own is None else own)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value), None)


def _doctor(kept: _Kept, tables: Mapping[str, pa.Table]) -> str:
    """Whose patients they are when documents do not say: the doctor given, else the only one known."""
    known = set(tables["doctors"]["doctor_id"].to_pylist()) - {UNNAMED}
    return kept.doctor or (known.pop() if len(known) == 1 else UNNAMED)


def _registrations(
    tables: Mapping[str, pa.Table], people: Mapping[str, Sequence[Named]], speaking: Sequence[Source], doctor: str
) -> pa.Table:
    """The lists, and those of patients whom no document puts on one: on the doctor's from the first day known of them."""
    rows = tables["registrations"].to_pylist()
    for row in rows:
        row["doctor_id"] = doctor if row["doctor_id"] == UNNAMED else row["doctor_id"]
    first_days = _first_days(tables["coverage"])
    made = {one.source_id: one.created_on or one.covers_from or one.imported_on for one in speaking}
    elsewhere = listed_in.unlisted(tables[listed_in.TABLE].to_pylist()) if listed_in.TABLE in tables else set()
    for key in sorted(people.keys() - elsewhere - {row["patient_id"] for row in rows}):
        since = first_days.get(key) or min(made[one.source_id] for one in people[key])
        births = [one.birth for one in people[key] if one.birth]
        rows.append({"patient_id": key, "doctor_id": doctor, "from_date": max([since, *births[:1]])})
    unique = {tuple(sorted(row.items(), key=str)): row for row in rows}
    return pa.Table.from_pylist(list(unique.values()), schema=TABLES["registrations"].schema)


def _first_days(coverage: pa.Table) -> dict[str, date]:
    found = coverage.group_by("patient_id").aggregate([("from_date", "min")])
    return dict(zip(found["patient_id"].to_pylist(), found["from_date_min"].to_pylist(), strict=True))


def _doctors(tables: Mapping[str, pa.Table]) -> pa.Table:
    """The doctors known, and those of the lists of whom only the number is."""
    table = tables["doctors"]
    lists = set(tables["registrations"]["doctor_id"].to_pylist())
    rows = [row for row in table.to_pylist() if row["doctor_id"] != UNNAMED or UNNAMED in lists]
    known = {row["doctor_id"] for row in rows}
    rows += [ORDINARY | {"doctor_id": one} for one in sorted(lists - known)]
    return pa.Table.from_pylist(rows, schema=table.schema)


def _dataset(speaking: Sequence[Source], tables: Mapping[str, pa.Table]) -> Dataset:
    covered = tables["coverage"]
    days = [day for name in ("from_date", "to_date") for day in covered[name].to_pylist() if day]
    made = [one.created_on or one.covers_to or one.imported_on for one in speaking]
    first, last = (min(days), max(days)) if days else (min(made), max(made))
    kinds = dict.fromkeys(KINDS[one.kind].label if one.kind in KINDS else one.kind for one in speaking)
    return Dataset(
        title=speaking[0].title if len(speaking) == 1 else f"Cabinet ({len(speaking)} documents)",
        synthetic=all(one.synthetic for one in speaking),
        source=", ".join(kinds),
        extracted_on=max(made),
        covers_from=first,
        covers_to=last,
        ald_known=all(one.ald_known for one in speaking) and "ald" in tables,
        c2s_known=all(one.c2s_known for one in speaking) and "c2s" in tables,
    )


def _said(asked: Question) -> str:
    """A sentence about people who may be one; keys and file names, never a name."""
    files = " et ".join(f"« {name} »" for name in dict.fromkeys((asked.one.files[0], asked.other.files[0])))
    why = " ; ".join(asked.reasons)
    return f"peut-être le même patient : {asked.one.key} et {asked.other.key} ({files} : {why}) ; gardés à part."


def _patients(kept: _Kept) -> int:
    return len({key for one in kept.sources for key in one.patient_ids} or {one.node for one in kept.people})


def _changed(
    before: _Kept, made: _Made, added: Sequence[str], known: tuple[str, ...], left: tuple[str, ...],
    removed: tuple[Source, ...],
) -> Changed:  # fmt: skip
    silent = {one.source_id for one in before.sources if one.superseded_by}
    return Changed(
        added=tuple(one for one in made.kept.sources if one.source_id in added),
        known=known,
        left=left,
        removed=removed,
        superseded=tuple(one for one in made.kept.sources if one.superseded_by and one.source_id not in silent),
        maybe=tuple(map(_said, made.questions)),
        patients=made.tables["patients"].num_rows,
        doctor=made.doctor if made.doctor in made.tables["registrations"]["doctor_id"].to_pylist() else "",
    )
