"""Prevention as tables in words: the worklist, rates beside the country and the peers, who asks, what falls due."""

from typing import Any

import pyarrow as pa

from calculators import french
from calculators.prevention.indicator import IndicatorSet
from dashboard.prevention.in_words import contact
from dashboard.report import Rates
from dashboard.words import labels

Columns = dict[str, list[str]]


NONE = "–"


def beside(rates: pa.Table, peers: pa.Table | None) -> Columns:
    """One row per indicator; peers are shown when at least five of them have a rate."""
    rows = rates.to_pylist()
    among = {row["indicator"]: row for row in peers.to_pylist()} if peers is not None else {}
    columns = {
        "Indicateur": [row["label"] for row in rows],
        "Concernés": [french.number(row["up_to_date"] + row["due"] + row["unknown"]) for row in rows],
        "Votre taux": [_percent(row["rate"]) for row in rows],
        "Pays": [_percent(row["national_rate"]) for row in rows],
    }
    if among:
        columns["Pairs : médiane (quartiles)"] = [_peers(among.get(row["indicator"])) for row in rows]
    return columns


def _peers(row: dict[str, Any] | None) -> str:
    if row is None:
        return NONE
    return f"{_percent(row['median'])} ({french.number(row['low'])} à {french.number(row['high'])})"


def _percent(rate: float | None) -> str:
    return NONE if rate is None else french.percent(rate / 100)


def origins(rules: IndicatorSet) -> Columns:
    """Who asks for each indicator, who endorses it, its state, paid or not."""
    found = rules.indicators
    return {
        "Indicateur": [one.label for one in found],
        "Demandé par": [", ".join(one.asked_by) or NONE for one in found],
        "Recommandé par": [", ".join(one.endorsed_by) or NONE for one in found],
        "État": [labels.STATE[one.state] for one in found],
        "Rémunéré": ["oui" if one.id in rules.paid else "non" for one in found],
    }


def ahead(falling: pa.Table) -> Columns:
    """Patients by indicator and delay, indicators with at least one."""
    rows = falling.to_pylist()
    delays = sorted({row["days"] for row in rows})
    counted = {(row["label"], row["days"]): row["patients"] for row in rows}
    labels = [label for label in dict.fromkeys(row["label"] for row in rows) if counted[label, delays[-1]]]
    columns = {
        f"Dans {round(days / 30.4)} mois": [french.number(counted[label, days]) for label in labels] for days in delays
    }
    return {"Indicateur": labels} | columns


CALLS = pa.schema(
    [
        *(("Patient", pa.string()), ("Âge", pa.int32()), ("Sexe", pa.string()), ("ALD", pa.string())),
        *(("En un contact", pa.string()), ("Actes à faire", pa.list_(pa.string())), ("Possible dès", pa.date32())),
        *(("Échu depuis (jours)", pa.int32()), ("Vu le", pa.date32()), ("Prochaine échéance", pa.date32())),
        *(("Inconnus", pa.list_(pa.string())), ("Refusés ou non applicables", pa.list_(pa.string()))),
    ]
)


def calls_table(calls: pa.Table, rules: IndicatorSet) -> pa.Table:
    """One row per patient, columns of COLUMNS, in the order given."""
    labels = {indicator.id: indicator.label for indicator in rules.indicators}
    return pa.Table.from_pylist([_call(row, rules, labels) for row in calls.to_pylist()], schema=CALLS)


def _call(row: dict[str, Any], rules: IndicatorSet, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "Patient": row["patient_id"],
        "Âge": row["age"],
        "Sexe": row["sex"],
        "En un contact": _contact(row, rules),
        "Actes à faire": row["gaps"],
        "Possible dès": row["actionable_on"],
        "Échu depuis (jours)": row["overdue_days"],
        "Vu le": row["last_seen_on"],
        "Prochaine échéance": row["next_on"],
        "ALD": ", ".join(map(str, row["ald"])) if row["ald"] else ("" if row["ald_known"] else "non connue"),
        "Inconnus": [labels[name] for name in row["unknown_ids"]],
        "Refusés ou non applicables": [labels[name] for name in row["declined_ids"]],
    }


def _contact(row: dict[str, Any], rules: IndicatorSet) -> str:
    if row["contact"] is None:
        return ""
    more = f" ({row['together']} actes)" if row["together"] > 1 else ""
    return contact(row["contact"], rules) + more


def reported(rates: list[dict[str, Any]]) -> Rates:
    """Indicators that concern somebody, for the printed page."""
    kept = [rate for rate in rates if rate["up_to_date"] + rate["due"] + rate["unknown"]]
    return Rates(("Concernés", "À jour", "À faire", "Inconnus", "Taux"), [(r["label"], _figures(r)) for r in kept])


def _figures(rate: dict[str, Any]) -> list[str]:
    counts = [rate["up_to_date"], rate["due"], rate["unknown"]]
    return [french.number(n) for n in (sum(counts), *counts)] + [_percent(rate["rate"])]
