"""An indicator before it is used: do its examples come out, what does its file leave unsaid, whom does it concern?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from calculators.prevention.assess import assess, assess_blocks, decoded
from calculators.prevention.codes import DRUG_SYSTEMS
from calculators.prevention.example import Example, ExampleAct
from calculators.prevention.indicator import Indicator, IndicatorSet
from calculators.records.folder import Dataset, write_folder
from calculators.records.store import Store, open_store
from calculators.records.tables import TABLES
from calculators.rules import Outcome, RuleError, outcome, suggest

DOCTOR = {"doctor_id": "exemple", "specialty": "gp", "sector": "1", "zone": "none", "first_installation": False}
PATIENT_TABLES = ("patients", "registrations", "ald", "c2s", "acts", "deliveries")
ENOUGH_EXAMPLES = 2


class Case(NamedTuple):
    """An example of an indicator, by its place in the file."""

    indicator: Indicator
    place: int
    example: Example


class Concerned(NamedTuple):
    """Patients by verdict; `doubtful`: the record does not say whether the indicator concerns them."""

    up_to_date: int
    due: int
    unknown: int
    doubtful: int
    excluded: int
    not_eligible: int

    @property
    def eligible(self) -> int:
        return self.up_to_date + self.due + self.unknown


def run_examples(rules: IndicatorSet) -> dict[str, list[Outcome]]:
    """The examples of every indicator of a set, by its id, in the order of the file. Each example is a patient of his own;
    those that share a day and a cover are judged together. Raises RuleError when an act names unknown codes."""
    together: dict[Any, list[Case]] = defaultdict(list)
    for indicator in rules.indicators:
        for place, example in enumerate(indicator.example):
            together[_context(example)].append(Case(indicator, place, example))
    found = {
        (case.indicator.id, case.place): result for cases in together.values() for case, result in _run(rules, cases)
    }
    return {one.id: [found[one.id, place] for place in range(len(one.example))] for one in rules.indicators}


def unsaid(indicator: Indicator) -> list[str]:
    """What a reader would look for in the file and not find, or find doubtful, in French."""
    return list(_unsaid(indicator))


def concerned(store: Store, rules: IndicatorSet, as_of: date) -> dict[str, Concerned]:
    """Whom each indicator concerns on all the lists, by its id; a patient of two lists counts twice."""
    counted: dict[str, Counter[str]] = {one.id: Counter() for one in rules.indicators}
    for block in assess_blocks(store, rules, as_of):
        rows = decoded(block.select(["indicator", "status", "population"]))
        doubtful = pc.and_(pc.equal(rows["status"], "unknown"), pc.is_null(rows["population"]))
        kinds = pa.table({"indicator": rows["indicator"], "kind": pc.if_else(doubtful, "doubtful", rows["status"])})
        for row in kinds.group_by(["indicator", "kind"]).aggregate([([], "count_all")]).to_pylist():
            counted[row["indicator"]][row["kind"]] += row["count_all"]
    return {id_: Concerned(*(counts[name] for name in Concerned._fields)) for id_, counts in counted.items()}


def _unsaid(indicator: Indicator) -> Iterator[str]:
    if (known := len(indicator.example)) < ENOUGH_EXAMPLES:
        yield f"deux exemples au moins, un patient à jour et un qui ne l’est pas ; il y en a {known} (tables [[example]])"
    seen = {example.expect.status for example in indicator.example}
    words = {"up_to_date": "à jour", "due": "à faire", "not_eligible": "non concerné"}
    yield from (f"un exemple de patient {word}" for status, word in words.items() if status not in seen)
    if all(reference.basis == "hypothese" for reference in indicator.reference):
        yield "une référence qui ne soit pas une hypothèse"
    yield from (
        f"une référence pour les codes « {name} »" for name, codes in indicator.codes.items() if not codes.reference
    )
    texts = {"why": "pourquoi cet acte", "asked_by": "qui le demande", "endorsed_by": "qui le recommande",
             "beyond_claims": "ce que les remboursements n’en voient pas"}  # fmt: skip
    yield from (f"« {key} » : {word}" for key, word in texts.items() if not getattr(indicator, key))
    yield from (
        f"une référence pour les codes de « {one.label} », regardés et refusés"
        for one in indicator.refused
        if one.acts and not one.acts.reference
    )
    yield from _doubtful_codes(indicator)


def _doubtful_codes(indicator: Indicator) -> Iterator[str]:
    products = (code for codes in indicator.codes.values() for code in codes.cip13)
    yield from (f"le CIP13 {code}, dont la clé de contrôle est fausse" for code in products if not _is_ean13(code))
    used = {*indicator.named_codes(), *indicator.refused_codes()}
    yield from (f"les codes « {name} », qui ne servent pas" for name in indicator.codes if name not in used)


def _is_ean13(code: str) -> bool:
    digits = [int(digit) for digit in code]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def _context(example: Example) -> tuple[date, date, bool, bool]:
    patient = example.patient
    return example.as_of, patient.covers_from, patient.ald_known, patient.c2s_known


def _run(rules: IndicatorSet, cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "exemples"
        _write(folder, rules, cases)
        board = assess(open_store(folder), rules, cases[0].example.as_of).to_pylist()
    found = {(row["patient_id"], row["indicator"]): row for row in board}
    for number, case in enumerate(cases):
        row = found.get((str(number), case.indicator.id))
        if row is None:
            raise RuleError(
                f"Fichier « {case.indicator.id}.toml », exemple « {case.example.name} » : le patient n’est pas en vie le "
                f"{case.example.as_of} ; changez « as_of », « birth_date » ou « died_on »."
            )
        yield case, outcome(case.example.name, case.example.expect.given(), row)


def _write(folder: Path, rules: IndicatorSet, cases: Sequence[Case]) -> None:
    as_of, covers_from, ald_known, c2s_known = _context(cases[0].example)
    about = Dataset(
        title="Exemples", synthetic=True, source="exemples d’un fichier de règles", extracted_on=as_of,
        covers_from=covers_from, covers_to=max(as_of, covers_from), ald_known=ald_known, c2s_known=c2s_known,
    )  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in PATIENT_TABLES} | {"doctors": [DOCTOR]}
    for number, case in enumerate(cases):
        _add_patient(rows, str(number), case, rules)
    tables = {name: pa.Table.from_pylist(given, schema=TABLES[name].schema) for name, given in rows.items()}
    write_folder(folder, tables, about)


def _add_patient(rows: dict[str, list[dict[str, Any]]], patient_id: str, case: Case, rules: IndicatorSet) -> None:
    patient, mine = case.example.patient, {"patient_id": patient_id}
    born = {"from_date": patient.birth_date}
    rows["patients"].append(mine | {"birth_date": patient.birth_date, "sex": patient.sex, "died_on": patient.died_on})
    rows["registrations"].append(mine | born | {"doctor_id": DOCTOR["doctor_id"]})
    rows["ald"] += [mine | patient.right | {"ald": number} for number in patient.ald]
    rows["c2s"] += [mine | patient.right] if patient.c2s else []
    for act in case.example.acts:
        system, code = _code(act, case, rules)
        line = mine | {"date": act.on}
        if system in DRUG_SYSTEMS:
            product = {"atc": code.ljust(7, "0")} if system == "atc" else {"cip13": code}
            rows["deliveries"].append(line | product | {"boxes": act.quantity})
        else:
            named = {"system": system, "code": code, "quantity": act.quantity}
            rows["acts"].append(line | named | act.result)


def _code(act: ExampleAct, case: Case, rules: IndicatorSet) -> tuple[str, str]:
    if act.codes is None:
        return str(act.system), str(act.code)
    if act.codes not in rules.codes:
        raise RuleError(
            f"Fichier « {case.indicator.id}.toml », exemple « {case.example.name} » : code « {act.codes} » inconnu ; "
            f"{suggest(act.codes, sorted(rules.codes))}"
        )
    return next(rules.codes[act.codes].codes())
