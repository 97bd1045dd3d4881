"""What a group of volunteers sums, from their records to a reference: composes the subjects with `comparison`, which sees
whole numbers alone.

Three rounds: 1, initiations by ATC class, which gives the classes that are tracked; 2, patients and spend by stratum, rates
of prevention by cell; 3, optional, what gives the spread between doctors. `collective start`, `contribute`, `sum` and
`build` of the command line, and the page *Comparaison*, call this module.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from calculators import faults
from calculators import rules as rule_files
from calculators.aside import folder_aside
from calculators.catalogue import Catalogue
from calculators.comparison import sent, shares, sums
from calculators.comparison.campaign import (
    CELLS,
    LEAST,
    MEASURE,
    MOST_PATIENTS,
    SCALE,
    SCOPE,
    SPREAD,
    STEPS,
    Campaign,
    PreventionSet,
    Round,
    load_campaign,
    write_campaign,
)
from calculators.comparison.sent import Sent
from calculators.comparison.shares import About
from calculators.comparison.sums import Totals
from calculators.errors import UserError
from calculators.pertinence import volunteers as measured
from calculators.pertinence.measure import Measure
from calculators.pertinence.volunteers import CountedMeasure
from calculators.prevention import group
from calculators.prevention.indicator import IndicatorSet
from calculators.records import doubts
from calculators.records.folder import parquet_files, require_new
from calculators.records.prices import by_doctor
from calculators.records.roster import roster
from calculators.records.store import Store
from calculators.sobriety import volunteers
from calculators.sobriety.definition import Definition, load_definition
from calculators.sobriety.reference import PRIVATE
from calculators.sobriety.reference_files import LAYOUT, Reference, open_reference, refuse_foreign_folder
from calculators.sobriety.strata import strata_of
from calculators.sobriety.volunteers import Counted, Provenance, Sums

RATES = "prevention"
"""Name of the table of rates in a reference folder."""


@dataclass(frozen=True)
class Told:
    """What one doctor would send in a round: every row of every part, zeros included, and in words why he counts for nothing
    in a part, or what is left out."""

    doctor: str
    round: Round
    parts: dict[str, dict[str, int]]
    why: dict[str, str]
    patients: int
    off_list: tuple[str, ...] = ()
    """Classes initiated that the campaign does not list."""
    left_out: int = 0
    """Patients who fit no cell of the rates."""

    @property
    def numbers(self) -> list[int]:
        return [value for rows in self.parts.values() for value in rows.values()]

    @property
    def counting(self) -> tuple[str, ...]:
        """Parts in which he counts."""
        return tuple(name for name, rows in self.parts.items() if rows["doctors"])


def start(
    title: str, year: int, holders: tuple[str, str], closes_on: date, invited: Sequence[str], classes: Sequence[str],
    rules: Sequence[IndicatorSet], synthetic: bool, sobriety: bool = True, minimum: int | None = None,
    rounds: tuple[Round, ...] = (SCOPE, CELLS, SPREAD), priced: Path | None = None, measures: Sequence[Measure] = (),
) -> Campaign:  # fmt: skip
    """A campaign of these rules. `invited`: hashes of the keys. Raises RuleError (French)."""
    definition = load_definition(year)
    least = LEAST["sobriety" if sobriety else "prevention"]
    content = {
        "layout": 1, "id": secrets.token_hex(16), "title": title, "year": year, "synthetic": synthetic,
        "holders": list(holders), "minimum": minimum or least, "closes_on": closes_on,
        "rounds": list(rounds) if sobriety else [CELLS], "invited": sorted(invited),
        "priced": priced is not None, "drugs": drugs_hash(priced) if priced else "",
        "sobriety": definition.reference_hash if sobriety else "",
        "strata": [one.key for one in strata_of(definition)] if sobriety else [],
        "classes": sorted(set(classes)) if sobriety else [],
        "sets": [{"id": one.id, "hash": group.set_hash(one), "indicators": [i.id for i in one.own]} for one in rules],
        "measures": [{"id": one.id, "hash": one.hash, "strata": list(measured.strata_of(one))} for one in measures],
        "cells": [cell.key for cell in group.cells(definition.strata.age_from)] if rules else [],
    }  # fmt: skip
    return rule_files.validate(content, Campaign, "campaign.toml")


def drugs_hash(folder: Path) -> str:
    """Of the classes and prices of the drug table of a folder. Raises UserError without one."""
    files = parquet_files(folder, "drugs")
    if not files:
        raise UserError(
            f"« {folder} » n’a pas de table des médicaments : chargez-en une avec « tableau-mt drugs load »."
        )
    try:
        columns = ["cip13", "atc", "price_cents"]
        rows = pa.concat_tables([pq.read_table(file, columns=columns) for file in files]).sort_by("cip13").to_pylist()
    except (pa.ArrowException, OSError) as problem:
        cause = faults.cause(problem)
        raise UserError(f"La table des médicaments de « {folder} » n’est pas lisible : {cause}.") from None
    return hashlib.sha256(repr([tuple(row.values()) for row in rows]).encode()).hexdigest()


def tell(
    store: Store, campaign: Campaign, round_: Round, doctor: str, known: Catalogue, reference: Path | None = None
) -> Told:
    """What a doctor would send. `reference`: that of the round before, for the third. Raises UserError (French) when the
    campaign is not one that these data, or this program, can answer."""
    parts = campaign.parts(round_)
    definition = _same_definition(campaign)
    if campaign.synthetic != store.dataset.synthetic:
        ours, theirs = ("fictives", "réelles") if store.dataset.synthetic else ("réelles", "fictives")
        raise UserError(f"Ces données sont {ours}, la campagne « {campaign.title} » additionne des données {theirs}.")
    listed = roster(store, doctor, date(campaign.year, 12, 31)).num_rows
    if listed > MOST_PATIENTS:
        raise UserError(
            f"La liste de « {doctor} » a {listed} patients : {MOST_PATIENTS} au plus sont attendus d’un médecin."
        )
    found: dict[str, Counted | CountedMeasure] = {
        part.name: _counted(store, campaign, part.name, doctor, known, definition, reference)
        for part in parts
        if not part.name.startswith(MEASURE)
    }
    if round_ == CELLS and campaign.measures:
        found |= _measures(store, campaign, doctor, known)
    filled, off_list = {}, []
    for part in parts:
        counted = found[part.name]
        values = counted.rows | {"doctors": 0 if counted.why else 1}
        filled[part.name] = {row: values.get(row, 0) for row in part.rows}
        off_list += [
            row.split(" ")[0] for row in values if row.endswith(" initiations") and row not in filled[part.name]
        ]
    patients = max(one.patients for one in found.values())
    if patients > MOST_PATIENTS:
        raise UserError(f"« {doctor} » a {patients} patients : {MOST_PATIENTS} au plus sont attendus d’un médecin.")
    return Told(
        doctor, round_, filled, {name: one.why for name, one in found.items() if one.why},
        patients, tuple(sorted(off_list)),
        max((one.left_out for one in found.values() if isinstance(one, Counted)), default=0),
    )  # fmt: skip


def _same_definition(campaign: Campaign) -> Definition:
    definition = load_definition(campaign.year)
    if campaign.sobriety and campaign.sobriety != definition.reference_hash:
        raise UserError(
            f"La campagne « {campaign.title} » compte le ratio selon une autre définition (empreinte {campaign.sobriety}) "
            f"que ce programme ({definition.reference_hash}) : il faut la même version du programme que l’organisateur."
        )
    return definition


def _counted(
    store: Store, campaign: Campaign, part: str, doctor: str, known: Catalogue, definition: Definition,
    reference: Path | None,
) -> Counted:  # fmt: skip
    """One part of one doctor."""
    if part.startswith("prevention "):
        [asked] = [one for one in campaign.sets if f"prevention {one.id}" == part]
        return _rates(store, campaign.year, asked, doctor, known, definition)
    if why := _not_priced_alike(store, campaign, doctor):
        return Counted({}, why)
    if part == "scope":
        return volunteers.scope_of(store, campaign.year, definition, doctor)
    if part == "strata":
        return volunteers.strata_of_doctor(store, campaign.year, definition, campaign.tracked or (), doctor)
    found = volunteers.spread_of(store, campaign.year, definition, _reference_of(campaign, reference), doctor)
    if isinstance(found, str):
        return Counted({}, found)
    return Counted(volunteers.moments(*found, STEPS, SCALE))


def _rates(
    store: Store, year: int, asked: PreventionSet, doctor: str, known: Catalogue, definition: Definition
) -> Counted:
    rules = known.sets.get(asked.id)
    if rules is None or group.set_hash(rules) != asked.hash or tuple(one.id for one in rules.own) != asked.indicators:
        raise UserError(
            f"Le jeu d’indicateurs « {asked.id} » de la campagne n’est pas celui de ce programme : il faut la même version, "
            "et les mêmes fichiers à côté des données, que l’organisateur."
        )
    if said := doubts.why_not(store, "prevention"):
        return Counted({}, said)
    found = group.board(store, rules, date(year, 12, 31), doctor, definition.strata.age_from)
    if not found.known:
        return Counted({}, "Aucun acte n’est à jour ou à faire pour sûr : rien ne peut être compté.")
    eligible = max(found.counts.values(), default=0)
    return Counted(found.counts, patients=eligible, left_out=found.left_out)


def _measures(store: Store, campaign: Campaign, doctor: str, known: Catalogue) -> dict[str, CountedMeasure]:
    """The parts of all measures, counted at once."""
    asked = {}
    for one in campaign.measures:
        mine = known.measures.get(one.id)
        if mine is None or mine.hash != one.hash or measured.strata_of(mine) != one.strata:
            raise UserError(
                f"La mesure « {one.id} » de la campagne n’est pas celle de ce programme : il faut la même version, et les "
                "mêmes fichiers à côté des données, que l’organisateur."
            )
        asked[one.id] = mine
    if said := doubts.why_not(store, "sobriety"):
        return {f"{MEASURE}{name}": CountedMeasure({}, said) for name in asked}
    found = measured.cells_of_doctor(store, campaign.year, asked, doctor)
    if why := _not_priced_alike(store, campaign, doctor):
        in_cents = {name for name, one in asked.items() if any(each.in_cents for each in one.counts)}
        found |= {name: CountedMeasure({}, why) for name in in_cents}
    return {f"{MEASURE}{name}": one for name, one in found.items()}


def _not_priced_alike(store: Store, campaign: Campaign, doctor: str) -> str:
    prices = by_doctor(store, campaign.year).get(store.doctor(doctor).key)
    if prices is None or not prices.from_reference:
        return ""
    if not campaign.priced:
        return "Des montants viennent d’une base de médicaments : cette campagne n’additionne que ceux de la source."
    if drugs_hash(store.folder) != campaign.drugs:
        return "Les prix viennent d’une autre base de médicaments que celle de la campagne."
    return ""


def _reference_of(campaign: Campaign, folder: Path | None) -> Reference:
    if folder is None:
        raise UserError("Le tour 3 se compte avec la référence du tour 2 : donnez-la avec --reference.")
    if reference_hash(folder) != campaign.reference:
        raise UserError(
            f"« {folder} » n’est pas la référence publiée dont parle la campagne : demandez-la à l’organisateur."
        )
    return open_reference(folder)


def reference_hash(folder: Path) -> str:
    """Of the `reference.toml` of a published copy, which has the checksums of its files."""
    try:
        return hashlib.sha256((folder / "reference.toml").read_bytes()).hexdigest()
    except OSError as problem:
        raise UserError(f"« {folder} » n’est pas une référence : {faults.cause(problem)}.") from None


def contribute(told: Told, campaign: Campaign, key: str, folder: Path, to: Path, today: date) -> tuple[Path, Path]:
    """Cut what is told in two and write it: a file per holder, in a folder of his name; note it beside the data first."""
    place = campaign.place_of(key)
    counter = sent.next_counter(folder, campaign.id, told.round, place)
    number = shares.new_number()
    halves = shares.split(told.numbers)
    sent.note(
        folder,
        Sent(
            campaign=campaign.id,
            round=told.round,
            doctor_id=told.doctor,
            key=place,
            counter=counter,
            number=number,
            parts=told.counting,
            on=today,
        ),
    )
    one, other = (
        shares.write(half, _about(campaign, told, holder, place, counter, number), to / holder)
        for half, holder in zip(halves, campaign.holders, strict=True)
    )
    return one, other


def _about(campaign: Campaign, told: Told, holder: str, place: str, counter: int, number: str) -> About:
    return About(campaign=campaign.hash, round=told.round, holder=holder, key=place, counter=counter, number=number)


@dataclass(frozen=True)
class Built:
    """What a round gives: the folder to keep, the campaign file of the next round, parts too small to be told."""

    folder: Path
    next_campaign: Path | None
    reference: Reference | None
    too_few: tuple[str, ...]
    doctors: dict[str, int]


def build(one: Path, other: Path, to: Path, built_on: date, after: Path | None = None) -> Built:
    """Put two sums together. `after`: the folder that the round before gave. Raises UserError (French); nothing is then
    written."""
    totals = sums.put_together(one, other)
    definition = _same_definition(totals.campaign)
    doctors = {name: rows["doctors"] for name, rows in totals.parts.items()}
    following: Path | None = None
    reference: Reference | None = None
    if totals.round == SCOPE:
        following = _build_scope(totals, to, definition)
    elif totals.round == CELLS:
        reference = _build_reference(totals, to, built_on, definition, after)
    else:
        reference = _build_spread(totals, to, definition, after)
    return Built(to, following, reference, totals.too_few, doctors)


def _build_scope(totals: Totals, to: Path, definition: Definition) -> Path:
    """`scope.parquet`, private, and the campaign of round 2, which tells the tracked classes and no number."""
    rows = totals.parts["scope"]
    scope = {}
    for atc in totals.campaign.classes:
        n, gp = rows[f"{atc} initiations"], rows[f"{atc} gp_initiations"]
        scope[atc] = n, gp, volunteers.tracked_of(n, gp, definition)
    require_new(to)
    covered = rows["look_back_covered"] == rows["doctors"]
    table = volunteers.scope_table(scope).replace_schema_metadata({"look_back_covered": str(covered)})
    tracked = [atc for atc, (_, _, kept) in scope.items() if kept]
    following = totals.campaign.model_copy(update={"after": totals.campaign.hash, "tracked": tuple(tracked)})
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    pq.write_table(table, to / "scope.parquet")
    (to / "scope.parquet").chmod(0o600)
    write_campaign(following, to / "campaign-2.toml")
    return to / "campaign-2.toml"


def _build_reference(
    totals: Totals, to: Path, built_on: date, definition: Definition, after: Path | None
) -> Reference | None:
    """The reference of round 2, or the rates alone."""
    rates = _rate_tables(totals, definition) | _measure_tables(totals, built_on)
    if "strata" not in totals.parts:
        require_new(to)
        _write_rates(rates[RATES], _about_rates(totals.campaign, rates[RATES], built_on), to)
        return None
    rows, campaign = totals.parts["strata"], totals.campaign
    scope, covered = _scope_of(campaign, after)
    source = f"{rows['doctors']} médecins volontaires, campagne « {campaign.title} »"
    about = Provenance(campaign.year, source, campaign.title, campaign.synthetic, built_on)
    numbers = tuple(number for _, number in totals.contributions)
    refuse_foreign_folder(to)
    reference = volunteers.write_reference(
        to, rows, Sums(rows["doctors"], scope, covered, numbers), about, definition, rates
    )
    write_campaign(campaign, to / "campaign.toml")
    return reference


def _about_rates(campaign: Campaign, rates: pa.Table, built_on: date) -> dict[str, object]:
    """`reference.toml` of a group that summed prevention alone."""
    doctors = min(rates["doctors"].to_pylist())
    return {
        "layout": LAYOUT, "usage": PRIVATE, "rates_only": True, "year": campaign.year, "title": campaign.title,
        "source": f"{doctors} médecins volontaires, campagne « {campaign.title} »", "synthetic": campaign.synthetic,
        "built_on": built_on, "counts": {"doctors": doctors, "patients": 0},
    }  # fmt: skip


def _write_rates(rates: pa.Table, about: Mapping[str, object], to: Path) -> None:
    with folder_aside(to) as aside:
        file = aside / f"{RATES}.parquet"
        pq.write_table(rates, file, compression="zstd")
        told = dict(about)
        if told.get("published"):
            told["checksums"] = {file.name: hashlib.sha256(file.read_bytes()).hexdigest()}
        (aside / "reference.toml").write_text(tomli_w.dumps(told), encoding="utf-8")


def is_rates_only(folder: Path) -> bool:
    """Is it what a group that summed prevention alone built?"""
    file = folder / "reference.toml"
    return file.is_file() and rule_files.read_toml(file).get("rates_only") is True


def publish_rates(source: Path, to: Path, maker: str) -> None:
    """The copy of the rates that travels: no small number. Raises UserError."""
    about = rule_files.read_toml(source / "reference.toml")
    if about.get("published"):
        raise UserError(f"« {source} » est déjà une copie publiée.")
    require_new(to)
    told = about | {"usage": "copie à transmettre", "published": True} | ({"maker": maker} if maker else {})
    _write_rates(group.published(group.read(source / f"{RATES}.parquet")), told, to)


def _rate_tables(totals: Totals, definition: Definition) -> dict[str, pa.Table]:
    tables = [
        group.table_of(one.id, one.hash, one.indicators, rows, definition.strata.age_from, rows["doctors"])
        for one in totals.campaign.sets
        if (rows := totals.parts.get(f"prevention {one.id}"))
    ]
    return {RATES: pa.concat_tables(tables)} if tables else {}


def _measure_tables(totals: Totals, built_on: date) -> dict[str, pa.Table]:
    campaign = totals.campaign
    hashes = {one.id: one.hash for one in campaign.measures if f"{MEASURE}{one.id}" in totals.parts}
    if not hashes:
        return {}
    of = {name: totals.parts[f"{MEASURE}{name}"] for name in hashes}
    doctors = max(rows["doctors"] for rows in of.values())
    source = f"{doctors} médecins volontaires, campagne « {campaign.title} »"
    return {"measures": measured.table_of(of, hashes, campaign.year, source, campaign.synthetic, built_on)}


def _scope_of(campaign: Campaign, after: Path | None) -> tuple[Mapping[str, tuple[int | None, int | None, bool]], bool]:
    """The scope with its numbers, from the folder of round 1; the tracked classes alone without it."""
    assert campaign.tracked is not None
    if after is None:
        return dict.fromkeys(campaign.tracked, (None, None, True)), True
    try:
        table = pq.read_table(after / "scope.parquet")
    except (pa.ArrowException, OSError):
        raise UserError(f"« {after} » n’est pas ce que le tour 1 a donné : scope.parquet y manque.") from None
    scope = {row["atc"]: (row["initiations"], row["gp_initiations"], row["tracked"]) for row in table.to_pylist()}
    if {atc for atc, (_, _, kept) in scope.items() if kept} != set(campaign.tracked):
        raise UserError(
            f"« {after} » ne donne pas les classes suivies de cette campagne : c’est le tour 1 d’une autre."
        )
    return scope, (table.schema.metadata or {}).get(b"look_back_covered") == b"True"


def third_round(reference: Path, published: Path) -> Path | None:
    """Write the campaign file of round 3 beside a reference of volunteers, once its copy is published; None when the
    campaign has no third round, or has played it."""
    campaign = load_campaign(reference / "campaign.toml")
    if SPREAD not in campaign.rounds or campaign.reference:
        return None
    following = campaign.model_copy(update={"after": campaign.hash, "reference": reference_hash(published)})
    write_campaign(following, reference / "campaign-3.toml")
    return reference / "campaign-3.toml"


def _build_spread(totals: Totals, to: Path, definition: Definition, after: Path | None) -> Reference:
    """The reference of round 2 with the spread that round 3 gives."""
    if after is None:
        raise UserError("L’addition du tour 3 complète la référence du tour 2 : donnez son dossier avec --after.")
    spread = volunteers.spread_from(totals.parts["spread"], STEPS, SCALE, definition)
    reference = volunteers.with_spread(after, to, spread)
    write_campaign(totals.campaign, to / "campaign.toml")
    return reference
