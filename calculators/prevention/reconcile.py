"""What the insurer's list says beside what the record says: where they agree, and what can be contested.

Decisions where the definition is silent:
* Of the lists received, the newest that names an indicator speaks for it; lists of one day speak together.
* A row without a word but with the day of an exam says that the insurer knows this one; without a day either, in a list that
  gives some, that it knows none: not done. A list of neither names who is eligible.
* Of several rows of a patient and an indicator the latest exam counts; two that contradict each other say nothing.
* Who is not listed: a list of acts not done leaves out who is done, one of acts done or paid leaves out who is not; any
  other list should name everybody concerned.
* Only what is recorded answers the insurer: what the doctor declares is no evidence for it.
* An insurer that knows an earlier exam than ours lacks our act; one that knows a later exam has one that we lack.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from calculators.prevention.assess import Verdict
from calculators.prevention.indicator import Indicator, IndicatorSet, Requirement
from calculators.records.identities import fold
from calculators.records.insurer import Told
from calculators.records.roster import Care, care_of
from calculators.records.store import Store
from calculators.rules import Frozen, Rule, load

SMALL_WORDS = {"de", "du", "des", "d", "l", "la", "le", "les", "au", "aux", "a", "pour", "contre", "et", "en"}


class They(StrEnum):
    """What the insurer says of a patient and an indicator."""

    DONE = "fait"
    NOT_DONE = "non_fait"
    EXAM = "examen_connu"
    ELIGIBLE = "eligible"
    UNCLEAR = "pas_clair"
    NOTHING = "non_liste"


class Outcome(StrEnum):
    """What comes of it. FOUND: they lack an act that we have; LACKING: we lack an act that they have."""

    AGREED = "accord"
    FOUND = "acte_retrouve"
    LACKING = "acte_manquant"
    NOT_LISTED = "non_liste"
    NOT_CONCERNED = "non_concerne"
    CANNOT_TELL = "indecidable"


class Reason(StrEnum):
    """Why nothing can be told, or why we say that he is not concerned."""

    SEX = "sexe"
    ALD = "ald"
    C2S = "c2s"
    COVER = "couverture"
    DATE = "date"
    EXCLUSION = "exclusion"
    OFF_LIST = "hors_liste"
    UNCLEAR = "mot_inconnu"
    CONTRADICTION = "contradiction"
    NOT_TARGETED = "hors_cible"
    EXCLUDED = "exclu"


@dataclass(frozen=True)
class Reconciled:
    """One row: a patient and an indicator. `they_on`: the exam they know; `status`, `last_on`, `population`: as `assess`
    says, empty when he is not on the list."""

    patient_id: str
    doctor_id: str
    indicator: str
    they: They
    they_on: date | None
    listed_on: date
    status: str
    last_on: date | None
    outcome: Outcome
    reasons: tuple[Reason, ...]
    population: str | None


@dataclass(frozen=True)
class Reconciliation:
    """All rows, by indicator then patient, and the insurer's names that no indicator has, with their number of rows."""

    rows: tuple[Reconciled, ...]
    unmatched: Mapping[str, int]


@dataclass(frozen=True)
class Proof:
    """An act to show: its day, code and label; system and code are empty for an injection known by its day alone."""

    on: date
    system: str
    code: str
    label: str


class _Said(Frozen):
    done: tuple[str, ...]
    not_done: tuple[str, ...]
    eligible: tuple[str, ...]
    unclear: tuple[str, ...]


class _Words(Rule):
    """Shape of insurer.toml."""

    indicators: dict[str, tuple[str, ...]]
    said: _Said


@cache
def _words() -> _Words:
    return load(Path(__file__).with_name("insurer.toml"), _Words)


class _Row(NamedTuple):
    """What they say of a patient, understood."""

    they: They
    on: date | None
    listed_on: date
    contradicts: bool = False


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(word for word in fold(text).split() if word not in SMALL_WORDS)


def match(text: str, rules: IndicatorSet) -> str | None:
    """The indicator of the set that these words name; None when none does, or two do equally well."""
    said, best, found = set(_tokens(text)), 0, set[str]()
    for one in rules.indicators:
        for alias in (one.id.replace("_", " "), one.label, *_words().indicators.get(one.id, ())):
            words = set(_tokens(alias))
            if not words or not words <= said or len(words) < best:
                continue
            found = {one.id} if len(words) > best else found | {one.id}
            best = len(words)
    return found.pop() if len(found) == 1 else None


def understood(said: str) -> They | None:
    """What a word says, the longest phrase first; None for no word. A word of refusal beside one of success: not done."""
    text = f" {fold(said)} "
    if not text.strip():
        return None
    kinds = {They.DONE: "done", They.NOT_DONE: "not_done", They.ELIGIBLE: "eligible", They.UNCLEAR: "unclear"}
    found = [
        (len(phrase.split()), they)
        for they, name in kinds.items()
        for phrase in getattr(_words().said, name)
        if f" {phrase} " in text
    ]
    longest = {they for length, they in found if length == max(found)[0]}
    if longest == {They.DONE, They.NOT_DONE}:
        return They.NOT_DONE
    return longest.pop() if len(longest) == 1 else They.UNCLEAR


def reconcile(told: Sequence[Told], verdicts: Iterable[Verdict], rules: IndicatorSet) -> Reconciliation:
    """`verdicts`: rows of `assess` under `rules`, of one doctor or of all."""
    names = {text: match(text, rules) for text in {one.indicator for one in told}}
    unmatched = Counter(one.indicator for one in told if names[one.indicator] is None)
    by_indicator: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        if name := names[one.indicator]:
            by_indicator[name].append(one)
    ours: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        ours[verdict.indicator].append(verdict)
    rows: list[Reconciled] = []
    for name in (one.id for one in rules.indicators if one.id in by_indicator):
        rows += _of_indicator(name, _latest(by_indicator[name]), ours[name])
    return Reconciliation(tuple(rows), dict(sorted(unmatched.items())))


def _latest(told: Sequence[Told]) -> dict[str, _Row]:
    """What the newest list says of each of its patients."""
    day = max(one.listed_on for one in told)
    newest = [one for one in told if one.listed_on == day]
    dated = any(one.on for one in newest)
    by_patient: dict[str, list[_Row]] = defaultdict(list)
    for one in newest:
        they = understood(one.said) or (They.EXAM if one.on else They.NOT_DONE if dated else They.ELIGIBLE)
        by_patient[one.patient_id].append(_Row(they, one.on, day))
    return {patient: _one(rows) for patient, rows in sorted(by_patient.items())}


def _one(rows: Sequence[_Row]) -> _Row:
    latest = max(row.on or date.min for row in rows)
    kept = [row for row in rows if (row.on or date.min) == latest]
    they = {row.they for row in kept}
    if len(they) == 1:
        return kept[0]
    return kept[0]._replace(they=They.UNCLEAR, contradicts=True)


def _of_indicator(name: str, theirs: Mapping[str, _Row], ours: Sequence[Verdict]) -> list[Reconciled]:
    known = {one.patient_id for one in ours}
    day = next(iter(theirs.values())).listed_on
    should = _should_be_listed({row.they for row in theirs.values()})
    rows = [
        _judged(one, theirs[one.patient_id])
        if one.patient_id in theirs
        else _row(one, _Row(They.NOTHING, None, day), Outcome.NOT_LISTED)
        for one in ours
        if one.patient_id in theirs or one.status in should
    ]
    strangers = [
        Reconciled(patient, "", name, row.they, row.on, row.listed_on, "", None, Outcome.CANNOT_TELL,
                   (Reason.OFF_LIST,), None)
        for patient, row in theirs.items() if patient not in known
    ]  # fmt: skip
    return sorted([*rows, *strangers], key=lambda row: (row.patient_id, row.doctor_id))


def _should_be_listed(said: Collection[They]) -> tuple[str, ...]:
    """Statuses of ours that such a list names."""
    if set(said) == {They.NOT_DONE}:
        return ("due",)
    return ("up_to_date",) if set(said) == {They.DONE} else ("up_to_date", "due")


def _judged(ours: Verdict, theirs: _Row) -> Reconciled:
    outcome, reasons = _outcome(ours, theirs)
    return _row(ours, theirs, outcome, reasons)


def _outcome(ours: Verdict, theirs: _Row) -> tuple[Outcome, tuple[Reason, ...]]:
    if theirs.they is They.UNCLEAR:
        return Outcome.CANNOT_TELL, (Reason.CONTRADICTION if theirs.contradicts else Reason.UNCLEAR,)
    if ours.status in ("not_eligible", "excluded"):
        return Outcome.NOT_CONCERNED, (Reason.EXCLUDED if ours.status == "excluded" else Reason.NOT_TARGETED,)
    if ours.status == "unknown":
        return Outcome.CANNOT_TELL, tuple(Reason(word) for word in (ours.unknown_because or "couverture").split(","))
    if theirs.they is They.EXAM and theirs.on:
        return _by_dates(ours, theirs.on), ()
    if theirs.they is They.NOT_DONE and ours.status == "up_to_date":
        return Outcome.FOUND, ()
    if theirs.they is They.DONE and ours.status == "due":
        return Outcome.LACKING, ()
    return Outcome.AGREED, ()


def _by_dates(ours: Verdict, theirs: date) -> Outcome:
    mine = ours.last_on or date.min
    if ours.status == "up_to_date":
        return Outcome.FOUND if theirs < mine else Outcome.AGREED
    return Outcome.LACKING if theirs > mine else Outcome.AGREED


def _row(ours: Verdict, theirs: _Row, outcome: Outcome, reasons: tuple[Reason, ...] = ()) -> Reconciled:
    return Reconciled(
        ours.patient_id, ours.doctor_id, ours.indicator, theirs.they, theirs.on, theirs.listed_on, ours.status,
        ours.last_on, outcome, reasons, ours.population,
    )  # fmt: skip


def counted(found: Reconciliation) -> dict[str, Counter[Outcome]]:
    """Rows by indicator, in order, and outcome."""
    counts: dict[str, Counter[Outcome]] = {}
    for row in found.rows:
        counts.setdefault(row.indicator, Counter())[row.outcome] += 1
    return counts


def contested(found: Reconciliation) -> list[Reconciled]:
    """Rows that the record answers: an act they lack, and somebody they do not list whose act is done."""
    answered = (Outcome.FOUND, Outcome.NOT_LISTED)
    return [row for row in found.rows if row.outcome in answered and row.status == "up_to_date"]


def proven(found: Reconciliation, rules: IndicatorSet, store: Store, as_of: date) -> dict[Reconciled, list[Proof]]:
    """Rows that can be contested, each with the acts that answer."""
    answered = contested(found)
    lines: dict[str, list[Care]] = defaultdict(list)
    for line in care_of(store, sorted({row.patient_id for row in answered}), as_of).to_pylist():
        lines[line.pop("patient_id")].append(Care(**line))
    return {row: evidence(row, rules, lines[row.patient_id]) for row in answered}


def codes_named(indicator: Indicator, rules: IndicatorSet) -> set[tuple[str, str]]:
    """(system, code) of all that some requirement of the indicator names: `evidence` reads no other line of care."""
    needs = [need for one in indicator.eligible for need in indicator.requirements(one)]
    return {code for need in needs for name in need.codes for code in rules.codes[name].codes()}


class Answered(Protocol):
    """What `evidence` reads of a verdict."""

    @property
    def indicator(self) -> str: ...
    @property
    def population(self) -> str | None: ...
    @property
    def last_on(self) -> date | None: ...


def evidence(row: Answered, rules: IndicatorSet, care: Sequence[Care]) -> list[Proof]:
    """The acts that answer, and nothing else of the record: of each requirement, those of the latest days it needs.
    `care`: the lines of care of the patient, net of nothing."""
    indicator = rules.indicator(row.indicator)
    population = next(one for one in indicator.eligible if one.label == row.population)
    proofs = {proof: None for need in indicator.requirements(population) for proof in _latest_proofs(need, rules, care)}
    if row.last_on and row.last_on not in {proof.on for proof in proofs}:
        proofs[Proof(row.last_on, "", "", indicator.label)] = None
    return sorted(proofs, key=lambda proof: (proof.on, proof.system, proof.code))


def _latest_proofs(need: Requirement, rules: IndicatorSet, care: Sequence[Care]) -> list[Proof]:
    wanted = [(*code, rules.codes[name].label) for name in need.codes for code in rules.codes[name].codes()]
    net: Counter[Proof] = Counter()
    for line in care:
        if proof := _proof(line, wanted):
            net[proof] += line.quantity
    done = [proof for proof, quantity in net.items() if quantity > 0]
    days = sorted({proof.on for proof in done})[-need.count :]
    return [proof for proof in done if proof.on in days]


def _proof(line: Care, wanted: Sequence[tuple[str, str, str]]) -> Proof | None:
    """What a line of care answers; `wanted`: system, code and label of each that would do."""
    for system, code, label in wanted:
        written = line.cip13 if system == "cip13" else line.code if line.system == system else None
        if written and (written.startswith(code) if system == "atc" else written == code):
            return Proof(line.date, system, written, label)
    return None
