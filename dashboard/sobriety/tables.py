"""The openings of the ratio in words, ready for the charts: the mix, where the gap comes from, the funnel."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from calculators.sobriety.openings import UNTOLD, ClassGap, PatientGap, Share, StratumGap
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.what_if import Case
from dashboard.sobriety.charts import ABOVE, BELOW, CHANCE, LIMITS, MINE, PEERS, POINTS, THEIRS, YOU
from dashboard.words.drugs import drug_class, family

Floats = npt.NDArray[np.float64]
FUNNEL = pa.schema([("kind", pa.string()), ("level", pa.string()), ("expected", pa.float64()), ("ratio", pa.float64())])
CASES = {"now": "Aujourd’hui", "changed": "Avec le changement"}
SEXES = {"F": "femmes", "M": "hommes"}
GAPS = pa.schema(
    [
        ("label", pa.string()), ("patients", pa.int64()), ("observed", pa.float64()), ("expected", pa.float64()),
        ("euros", pa.float64()), ("side", pa.string()), ("family", pa.string()),
    ]
)  # fmt: skip
LEVELS = {
    "low_95": "basse à 95\u00a0%",
    "high_95": "haute à 95\u00a0%",
    "low_998": "basse à 99,8\u00a0%",
    "high_998": "haute à 99,8\u00a0%",
}
UNTOLD_CLASSES = "autres classes, que la copie publiée ne détaille pas"
OPPOSITES = (("sex", "M"), ("ald", "false"), ("c2s", "false"))
"""Of two opposite traits one is shown."""


@dataclass(frozen=True)
class Trait:
    """A trait of the patients, with its share in this list and in the reference."""

    label: str
    mine: float
    theirs: float

    @property
    def distance(self) -> float:
        """Cohen's h between the two shares."""
        return abs(2 * float(np.arcsin(np.sqrt(self.mine)) - np.arcsin(np.sqrt(self.theirs))))


@dataclass(frozen=True)
class Gap:
    """What a group, a class or a patient adds to the difference between observed and expected, in euros."""

    label: str
    patients: int
    observed: float
    expected: float
    euros: float
    family: str = ""
    id: str = ""
    """That of the group, of the class, of the patient: what it opens by; none where it opens to nobody."""

    @property
    def side(self) -> str:
        return ABOVE if self.euros > 0 else BELOW


def funnel_rows(limits: pa.Table, points: pa.Table, row: Ratio) -> pa.Table:
    """Limits, unnamed doctors and oneself as rows of one chart: kind, level, expected (euros), ratio."""
    assert row.expected_cents is not None
    euro = limits["expected_cents"].to_numpy() / 100
    parts = [
        _funnel_part(kind, name, euro, limits[name + suffix].to_numpy())
        for kind, suffix in ((CHANCE, ""), (PEERS, "_peers"))
        for name in LIMITS
    ]
    shown = points.filter(pa.compute.is_valid(points["ratio"]))
    parts.append(_funnel_part(POINTS, "", shown["expected_cents"].to_numpy() / 100, shown["ratio"].to_numpy()))
    parts.append(_funnel_part(YOU, "", np.array([row.expected_cents / 100]), np.array([row.ratio], dtype=np.float64)))
    return pa.concat_tables(parts)


def funnel_told(drawn: pa.Table) -> pa.Table:
    """The rows of the funnel with their limits in words."""
    words = [LEVELS.get(level, "") for level in drawn["level"].to_pylist()]
    return drawn.set_column(drawn.schema.get_field_index("level"), "level", pa.array(words, pa.string()))


def _funnel_part(kind: str, level: str, expected: Floats, ratio: Floats) -> pa.Table:
    return pa.table({"kind": [kind] * len(expected), "level": [level] * len(expected),
                     "expected": expected, "ratio": ratio}, schema=FUNNEL)  # fmt: skip


def changed_rows(cases: Sequence[Case]) -> pa.Table:
    """The ratio now and after the change, for the chart."""
    return pa.Table.from_pylist(
        [
            {
                "label": CASES[one.case],
                "expected": 1.0,
                "ratio": one.ratio,
                "low_95": one.low_95,
                "high_95": one.high_95,
            }
            for one in cases
        ]
    )


def traits(mix: Sequence[Share]) -> list[Trait]:
    """Shares of patients by trait."""
    return [
        Trait(_trait(one.characteristic, one.value), one.share, one.reference_share)
        for one in mix
        if (one.characteristic, one.value) not in OPPOSITES
    ]


def trait_rows(traits: Sequence[Trait]) -> pa.Table:
    """Rows of charts.mix: trait, whose, share."""
    return pa.Table.from_pylist(
        [
            {"trait": one.label, "whose": whose, "share": share}
            for one in traits
            for whose, share in ((MINE, one.mine), (THEIRS, one.theirs))
        ]
    )


def _trait(characteristic: str, value: str) -> str:
    if characteristic == "age_class":
        return ages(value)
    return {"sex": "Femmes", "ald": "En ALD", "c2s": "C2S"}[characteristic]


def ages(age_class: str) -> str:
    """« 17 à 39 ans », « 75 ans et plus »."""
    low, _, high = age_class.partition("-")
    return f"{low} à {high} ans" if high else f"{low.rstrip('+')} ans et plus"


def by_stratum(rows: Sequence[StratumGap]) -> list[Gap]:
    """Strata with patients, largest gap first."""
    return _largest_first([_gap(row, _stratum(row), row.patients, id_=row.stratum) for row in rows if row.patients])


def by_class(rows: Sequence[ClassGap], products: Mapping[str, str] | None = None) -> list[Gap]:
    """ATC classes by name, largest gap first. `products`: one product of each class of the folder."""
    names = {row.atc: drug_class(row.atc, products or {}) for row in rows} | {UNTOLD: UNTOLD_CLASSES}
    return [_gap(row, names[row.atc], row.patients, family(row.atc), row.atc if row.patients else "") for row in rows]


def by_patient(rows: Sequence[PatientGap]) -> list[Gap]:
    """Patients, largest gap first."""
    return _largest_first([_gap(row, f"patient {row.patient_id}", 1, id_=row.patient_id) for row in rows])


def gap_rows(gaps: Sequence[Gap]) -> pa.Table:
    """Rows of charts.contributions, and of the table under it: columns of GAPS."""
    return pa.Table.from_pylist([asdict(one) | {"side": one.side} for one in gaps], schema=GAPS)


def _largest_first(gaps: list[Gap]) -> list[Gap]:
    return sorted(gaps, key=lambda one: (-abs(one.euros), one.label))


def _stratum(row: StratumGap) -> str:
    rights = [name for name, has in (("ALD", row.ald), ("C2S", row.c2s)) if has]
    return f"{SEXES[row.sex]}, {ages(row.age_class)}, {' et '.join(rights) or 'sans ALD ni C2S'}"


def _gap(row: StratumGap | ClassGap | PatientGap, label: str, patients: int, of: str = "", id_: str = "") -> Gap:
    euros = row.observed_cents / 100, row.expected_cents / 100, row.gap_cents / 100
    return Gap(label, patients, *euros, of, id_)
