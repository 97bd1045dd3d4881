"""Statements made about the change, tested on a population: verdict, figures, assumptions.

The statements and their thresholds are data (`claims.toml`); each names one of the tests below. Verdicts: `holds`,
`partly`, `fails`. A verdict is about the population given and what `how` says, nothing else.

Decisions: profiles are compared within one age band of the version, one right at a time, and only when the band holds
patients of both kinds; prevention per patient is what his profile validates in the whole population, at the version's
amounts; means of rates weigh each indicator by the patients it concerns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from calculators import rules
from calculators.forfait.country import Country
from calculators.forfait.population import DEFAULTS, Priced, price, settled
from calculators.forfait.sensitivity import published_lines
from calculators.forfait.version import FOLDER, Version
from calculators.rules import Frozen, Reference

Verdict = Literal["holds", "partly", "fails"]


class Claim(Frozen):
    """One statement, how it is tested, what is left aside."""

    id: str
    label: str
    test: Literal["complex_pays_more", "no_saving", "average_rise", "mean_rate"]
    how: str
    not_tested: str
    reference: tuple[Reference, ...]
    low: float = 0.0
    high: float = 0.0
    plain: float = 0.0
    weighted: float = 0.0
    tolerance: float = 0.0


class Claims(Frozen):
    claim: tuple[Claim, ...]


@dataclass(frozen=True)
class Tested:
    """A verdict, the figures it rests on by name (cents, fractions or counts), and the table behind them."""

    claim: Claim
    verdict: Verdict
    figures: Mapping[str, float]
    table: pa.Table


def claims() -> tuple[Claim, ...]:
    """The statements of `claims.toml`."""
    return rules.load(FOLDER / "claims.toml", Claims).claim


def put_to_the_test(claim: Claim, country: Country, version: Version, old: Version) -> Tested:
    """Test a statement for `version` against the scheme it replaces."""
    tests: dict[str, Callable[[Claim, Country, Version, Version], Tested]] = {
        "complex_pays_more": _complex_pays_more,
        "no_saving": _no_saving,
        "average_rise": _average_rise,
        "mean_rate": _mean_rate,
    }
    return tests[claim.test](claim, country, version, old)


def per_patient(country: Country, version: Version) -> pa.Table:
    """Mean pay of a patient by age band of the version, ALD, C2S and seen: from_age, to_age (null: no end), ald, c2s, seen,
    patients (weighted), base_cents, c2s_cents, prevention_cents, total_cents (means, not rounded). Majorations of the
    doctor left out."""
    age, ald, c2s, seen = settled(country.people, DEFAULTS)
    patients = country.people.weight @ country.people.counts.astype(np.float64)
    supplement = version.c2s.par_patient
    paid = (c2s == 1) & ((seen == 1) | (supplement is not None and supplement.unseen))
    frame = pd.DataFrame(
        {
            "band": _band(version, age), "ald": ald, "c2s": c2s, "seen": seen,
            "patients": patients, "base_cents": patients * version.tariff.cents[age, ald, c2s, seen],
            "c2s_cents": patients * paid * version.c2s_cents(),
        }
    )  # fmt: skip
    keys = ["band", "ald", "c2s", "seen"]
    found = (
        frame.groupby(keys, as_index=False).sum().merge(_prevention(country, version), on=keys, how="left").fillna(0)
    )
    found["total_cents"] = found["base_cents"] + found["c2s_cents"] + found["prevention_cents"]
    for name in ("base_cents", "c2s_cents", "prevention_cents", "total_cents"):
        found[name] = found[name] / found["patients"]
    found["patients"] = np.rint(found["patients"]).astype(np.int64)
    return _with_ages(pa.Table.from_pandas(found[found["patients"] > 0], preserve_index=False), version)


def _band(version: Version, age: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Place of each age among the bands of the version."""
    return np.searchsorted([band.first for band in version.bands], age, side="right") - 1


def _with_ages(table: pa.Table, version: Version) -> pa.Table:
    """The bounds of a band in place of its number."""
    held = [version.bands[place] for place in table["band"].to_pylist()]
    first, last = (pa.array([band[end] for band in held], pa.int64()) for end in (0, 1))
    return table.drop_columns(["band"]).add_column(0, "from_age", first).add_column(1, "to_age", last)


def costs(country: Country, version: Version) -> dict[str, int]:
    """Cents of each part over the country, means of what is paid beside the forfait included."""
    return price(country.people, version, with_means=True).by_part


def _prevention(country: Country, version: Version) -> pd.DataFrame:
    """Cents of prevention by profile, unseen patients left out when the version does not pay them."""
    keys = ["band", "ald", "c2s", "seen"]
    if version.prevention is None:
        return pd.DataFrame({name: np.array([], dtype=np.int64) for name in keys} | {"prevention_cents": np.array([])})
    frame = country.profiles[version.prevention.indicator_set].to_pandas()
    for name, default in DEFAULTS.items():
        frame[name] = frame[name].fillna(default).astype(np.int64)
    frame["band"] = _band(version, frame["age"].to_numpy())
    unit = frame["indicator"].map({name: version.indicator_cents(name) for name in set(frame["indicator"])})
    paid = (frame["seen"] == 1) | version.prevention.unseen
    frame["prevention_cents"] = frame["validated"] * unit * paid
    return frame.groupby(keys, as_index=False)["prevention_cents"].sum()


def _complex_pays_more(claim: Claim, country: Country, version: Version, old: Version) -> Tested:
    table = per_patient(country, version)
    rows = [*_pairs(table, "ald"), *_pairs(table, "c2s")]
    pairs = pd.DataFrame(rows)
    seen, unseen = pairs[pairs["seen"] == 1], pairs[pairs["seen"] == 0]
    below = {"seen": int((seen["gap_cents"] < 0).sum()), "unseen": int((unseen["gap_cents"] <= 0).sum())}
    verdict: Verdict = "fails" if below["seen"] else "partly" if below["unseen"] else "holds"
    figures = {
        "pairs_seen": len(seen), "below_seen": below["seen"], "least_gap_seen_cents": float(seen["gap_cents"].min()),
        "pairs_unseen": len(unseen), "not_above_unseen": below["unseen"],
    }  # fmt: skip
    return Tested(claim, verdict, figures, pa.Table.from_pylist(rows))


def _pairs(table: pa.Table, right: str) -> list[dict[str, object]]:
    """Profiles that differ by one right: ages, seen, other right, with and without, and the gap."""
    other = "c2s" if right == "ald" else "ald"
    rows = {(r["from_age"], r["seen"], r[other], r[right]): r for r in table.to_pylist()}
    return [
        {
            "right": right, "from_age": age, "to_age": rows[age, seen, rest, 1]["to_age"], "seen": seen, "other": rest,
            "patients": rows[age, seen, rest, 1]["patients"],
            "with_cents": rows[age, seen, rest, 1]["total_cents"],
            "without_cents": rows[age, seen, rest, 0]["total_cents"],
            "gap_cents": rows[age, seen, rest, 1]["total_cents"] - rows[age, seen, rest, 0]["total_cents"],
        }
        for age, seen, rest, has in sorted(rows, key=lambda key: (-key[1], key[0], key[2]))
        if has == 1 and (age, seen, rest, 0) in rows
    ]  # fmt: skip


def _no_saving(claim: Claim, country: Country, version: Version, old: Version) -> Tested:
    new, before = costs(country, version), costs(country, old)
    figures = {
        "new_cents": sum(cents for part, cents in new.items() if part not in ("donum", "structure")),
        "old_without_structure_cents": sum(cents for part, cents in before.items() if part != "structure"),
        "new_with_structure_cents": sum(new.values()),
        "old_with_structure_cents": sum(before.values()),
    }
    without = figures["new_cents"] >= figures["old_without_structure_cents"]
    with_it = figures["new_with_structure_cents"] >= figures["old_with_structure_cents"]
    verdict: Verdict = "holds" if without and with_it else "partly" if without or with_it else "fails"
    parts = list(dict.fromkeys([*before, *new]))
    table = pa.table(
        {
            "part": parts,
            "before_cents": [before.get(part, 0) for part in parts],
            "after_cents": [new.get(part, 0) for part in parts],
        }
    )
    return Tested(claim, verdict, figures, table)


def _average_rise(claim: Claim, country: Country, version: Version, old: Version) -> Tested:
    after, before = (_fixed(price(country.people, one, prevention=False), one) for one in (version, old))
    weight = country.people.weight
    each = (after[before > 0] / before[before > 0] - 1) * weight[before > 0]
    figures = {
        "total_rise": float(after @ weight) / float(before @ weight) - 1,
        "mean_of_rises": float(each.sum()) / float(weight[before > 0].sum()),
        "before_mean_cents": float(before @ weight) / float(weight.sum()),
        "after_mean_cents": float(after @ weight) / float(weight.sum()),
    }
    inside = [claim.low <= figures[name] <= claim.high for name in ("total_rise", "mean_of_rises")]
    verdict: Verdict = "holds" if all(inside) else "partly" if any(inside) else "fails"
    table = pa.table({"before_cents": before, "after_cents": after, "doctors": weight})
    return Tested(claim, verdict, figures, table)


def _fixed(priced: Priced, version: Version) -> np.ndarray:
    """The part that depends on the list alone: base and majorations, and the old supplement of the doctor."""
    wanted = [
        place
        for place, (part, line) in enumerate(priced.lines)
        if part in ("socle", "majoration") or (part, line) == ("c2s", "au_dela_du_seuil")
    ]
    return priced.cents[:, wanted].sum(axis=1)


def _mean_rate(claim: Claim, country: Country, version: Version, old: Version) -> Tested:
    name = version.indicator_set or next(iter(country.eligible))
    verdicts, weight = country.people.validated[name], country.people.weight
    published = published_lines(verdicts.indicators)
    eligible = dict(zip(verdicts.indicators, (weight @ country.eligible[name]).tolist(), strict=True))
    done = dict(zip(verdicts.indicators, (weight @ verdicts.patients).tolist(), strict=True))
    known = [indicator for indicator in published if indicator in eligible]
    concerned = sum(eligible[indicator] for indicator in known)
    plain = sum(published.values(), Fraction()) / len(published)
    weighted = sum((published[indicator] * eligible[indicator] for indicator in known), Fraction())
    figures = {
        "plain": float(plain),
        "weighted": float(weighted / concerned) if concerned else 0.0,
        "observed": sum(done[indicator] for indicator in known) / concerned if concerned else 0.0,
    }
    close = [abs(figures[key] - getattr(claim, key)) <= claim.tolerance for key in ("plain", "weighted")]
    verdict: Verdict = "holds" if all(close) else "partly" if any(close) else "fails"
    table = pa.table(
        {
            "indicator": list(published),
            "national": [float(rate) for rate in published.values()],
            "eligible": pa.array([eligible.get(indicator) for indicator in published], pa.int64()),
            "validated": pa.array([done.get(indicator) for indicator in published], pa.int64()),
        }
    )
    return Tested(claim, verdict, figures, table)
