"""Lines of care -> points of a timeline, named by the code lists of the prevention rules when they know the code."""

from collections.abc import Sequence

import pyarrow as pa

from calculators.prevention.indicator import IndicatorSet
from calculators.records.roster import Care
from dashboard.prevention.charts import FOLLOWED, OTHER

OTHER_ACTS, OTHER_DRUGS = "Autres actes", "Autres médicaments"
SCHEMA = pa.schema(
    [
        ("date", pa.date32()), ("rank", pa.int32()), ("lane", pa.string()), ("kind", pa.string()), ("label", pa.string()),
        ("system", pa.string()), ("code", pa.string()), ("quantity", pa.int32()),
    ]
)  # fmt: skip


def points(care: Sequence[Care], rules: IndicatorSet) -> pa.Table:
    """One point per line of care, oldest first: columns of SCHEMA. Lanes of the rules first."""
    names = _Names(rules)
    rows = [_point(row, names) for row in care]
    lanes = sorted({lane for lane, _ in rows}, key=lambda lane: (lane in (OTHER_ACTS, OTHER_DRUGS), lane))
    ranked = [one | {"lane": lane, "rank": lanes.index(lane)} for lane, one in rows]
    return pa.Table.from_pylist(ranked, schema=SCHEMA).sort_by([("date", "ascending"), ("rank", "ascending")])


def _point(row: Care, names: "_Names") -> tuple[str, dict[str, object]]:
    """Its lane, and the other columns."""
    found = names.of(row.system, row.code, row.cip13)
    lane = found or (OTHER_DRUGS if row.system in ("atc", "cip13") else OTHER_ACTS)
    return lane, {
        "date": row.date,
        "kind": FOLLOWED if found else OTHER,
        "label": lane,
        "system": row.system.upper(),
        "code": row.code,
        "quantity": row.quantity,
    }


class _Names:
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
