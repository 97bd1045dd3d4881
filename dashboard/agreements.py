"""Several agreements, or scenarios on them, on the same lists: for the command line and the pages. No Streamlit here."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from calculators.errors import UserError
from calculators.forfait.compare import across
from calculators.forfait.pay import pay_lines
from calculators.forfait.population import Population, Reading, population
from calculators.forfait.version import Change, Version, apply_changes, load_any, paths
from calculators.prevention.indicator import IndicatorSet
from calculators.records.store import Store
from dashboard import results, wording

CONCERNED = ("up_to_date", "due", "unknown")


def load_all(names: str) -> list[Version]:
    """Versions of a list `A,B,C`: ids, or files of versions or scenarios. Raises UserError."""
    asked = [name.strip() for name in names.split(",") if name.strip()]
    found = [load_any(name) for name in asked]
    ids = [version.id for version in found]
    if len(found) < 2:
        raise UserError("Une comparaison demande au moins deux accords : --versions A,B.")
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise UserError(f"« {twice[0]} » est demandé deux fois : un accord ne se compare pas à lui-même.")
    return found


def concerned(rules: IndicatorSet, verdicts: pa.Table) -> pa.Table:
    """indicator, eligible (patients concerned), validated: what more or less prevention would be worth. `verdicts`: rows
    of `assess` under these rules."""
    kept = verdicts.filter(pc.field("status").isin(CONCERNED))
    done = kept.set_column(kept.column_names.index("validated"), "validated", kept["validated"].cast(pa.int64()))
    found = {row["indicator"]: row for row in done.group_by("indicator").aggregate(
        [([], "count_all"), ("validated", "sum")]).to_pylist()}  # fmt: skip
    names = [one.id for one in rules.indicators]
    return pa.table(
        {
            "indicator": names,
            "eligible": [found[name]["count_all"] if name in found else 0 for name in names],
            "validated": [found[name]["validated_sum"] if name in found else 0 for name in names],
        }
    )


def counted(store: Store, year: int, read: Reading, doctor: str | None, versions: Sequence[Version]) -> Population:
    """The lists as counts under one reading, with the verdicts of every indicator set the versions pay."""
    list_on, age_on, months, by = read
    rules: dict[str, Change] = {"calendar.list_on": list_on, "age.on": age_on, "seen.months": months, "seen.by": by}
    one = apply_changes(versions[-1], rules)
    paying = {version.indicator_set: version for version in versions if version.indicator_set}
    done = {name: results.validated(store, version, year, doctor) for name, version in paying.items()}
    return population(store, one, year, done, doctor)


def compared(
    store: Store, versions: Sequence[Version], year: int, doctor: str | None, with_means: bool = False
) -> pa.Table:
    """Columns of `compare.across`; indicators are judged once per set."""
    judged: dict[str | None, pa.Table] = {}
    lines: dict[str, pa.Table] = {}
    for version in versions:
        name = version.indicator_set
        if name not in judged:
            judged[name] = results.validated(store, version, year, doctor)
        lines[version.id] = pay_lines(store, version, year, judged[name], doctor, with_means=with_means)
    return across(lines)


def changes_in_words(version: Version, base: Version, changes: Mapping[str, object]) -> list[str]:
    """« socle.ald_des_80_ans : 100 → 120 », one line per change."""
    before, after = paths(base), paths(version)
    shorts = [path.removesuffix(".amount").removesuffix(".rate") for path in changes]
    return [f"{path} : {_said(before.get(path))} → {_said(after.get(path))}" for path in shorts]


def _said(value: object) -> str:
    if value is None:
        return "non précisé"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return value
    text = wording.number(float(str(value)), 6)
    return text.rstrip("0").rstrip(",")
