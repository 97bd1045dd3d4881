"""Lines of care -> points of a timeline, named by the code lists of the prevention rules when they know the code."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from calculators.prevention.indicator import IndicatorSet
from calculators.records import history
from calculators.records.history import Line
from dashboard.prevention.charts import FOLLOWED, OTHER
from dashboard.words import care

VISITS, TESTS, OTHER_ACTS, DRUGS = "Consultations et visites", "Biologie", "Autres actes", "Médicaments"
OTHERS = (VISITS, TESTS, OTHER_ACTS, DRUGS)
SCHEMA = pa.schema(
    [
        ("date", pa.date32()), ("rank", pa.int32()), ("lane", pa.string()), ("kind", pa.string()), ("label", pa.string()),
        ("who", pa.string()), ("code", pa.string()), ("quantity", pa.int32()),
    ]
)  # fmt: skip


def points(care: Sequence[Line], rules: IndicatorSet, products: Mapping[str, str]) -> pa.Table:
    """One point per line of care, oldest first: columns of SCHEMA. Lanes of the rules first."""
    names = Names(rules)
    rows = [_point(line, names, products) for line in care]
    lanes = sorted({lane for lane, _ in rows}, key=lambda lane: (OTHERS.index(lane) if lane in OTHERS else -1, lane))
    ranked = [one | {"lane": lane, "rank": lanes.index(lane)} for lane, one in rows]
    return pa.Table.from_pylist(ranked, schema=SCHEMA).sort_by([("date", "ascending"), ("rank", "ascending")])


def _point(line: Line, names: "Names", products: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    """Its lane, and the other columns."""
    found = names.of(line.system, line.code, line.cip13)
    return found or _lane(line), {
        "date": line.date,
        "kind": FOLLOWED if found else OTHER,
        "label": care.named(line, names.of, products),
        "who": history.specialty(line.specialty),
        "code": line.code,
        "quantity": line.quantity,
    }


def _lane(line: Line) -> str:
    if line.kind == "delivrance":
        return DRUGS
    if history.kind_of_visit(line.system, line.code):
        return VISITS
    return TESTS if line.system in ("nabm", "loinc") else OTHER_ACTS


class Names:
    """Label of a code: exact, or by prefix for ATC classes."""

    def __init__(self, rules: IndicatorSet) -> None:
        self.exact: dict[tuple[str, str], str] = {}
        self.prefixes: list[tuple[str, str]] = []
        for codes in rules.codes.values():
            for system, code in codes.codes():
                if system == "atc":
                    self.prefixes.append((code, codes.label))
                else:
                    self.exact.setdefault((system, code), codes.label)
        self.prefixes.sort(key=lambda pair: -len(pair[0]))

    def of(self, system: str, code: str | None, cip13: str | None) -> str | None:
        if cip13 and (found := self.exact.get(("cip13", cip13))):
            return found
        if system == "atc" and code:
            return next((label for prefix, label in self.prefixes if code.startswith(prefix)), None)
        return self.exact.get((system, code or ""))
