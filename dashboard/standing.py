"""Rates of the indicators as tables in words: beside the country and the peers, who asks for them, what falls due."""

from datetime import date
from typing import Any

import pyarrow as pa

from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import LEAST_PEERS
from dashboard import wording

Columns = dict[str, list[str]]
NONE = "–"


def beside(rates: pa.Table, peers: pa.Table | None) -> Columns:
    """One row per indicator; peers are shown when at least five of them have a rate."""
    rows = rates.to_pylist()
    among = {row["indicator"]: row for row in peers.to_pylist()} if peers is not None else {}
    columns = {
        "Indicateur": [row["label"] for row in rows],
        "Concernés": [wording.number(row["up_to_date"] + row["due"] + row["unknown"]) for row in rows],
        "Votre taux": [_percent(row["rate"]) for row in rows],
        "Pays": [_percent(row["national_rate"]) for row in rows],
    }
    if among:
        columns["Pairs : médiane (quartiles)"] = [_peers(among.get(row["indicator"])) for row in rows]
    return columns


def about_peers(peers: pa.Table | None, day: date | None) -> str:
    """Who the peers are and when they were looked at, or why there are none."""
    if peers is None or day is None or not peers.num_rows:
        return f"Les pairs ne sont pas montrés : il n’y a pas de groupe d’au moins {LEAST_PEERS} médecins à comparer."
    most = max(peers["doctors"].to_pylist())
    said = wording.count(most, "médecin fictif", "médecins fictifs")
    return f"Pairs : {said}, sans nom, au {wording.day(day)} ; montrés à partir de {LEAST_PEERS}."


def _peers(row: dict[str, Any] | None) -> str:
    if row is None:
        return NONE
    return f"{_percent(row['median'])} ({wording.number(row['low'])} à {wording.number(row['high'])})"


def _percent(rate: float | None) -> str:
    return NONE if rate is None else wording.percent(rate / 100)


def origins(rules: IndicatorSet) -> Columns:
    """Who asks for each indicator, who endorses it, its state, paid or not."""
    found = rules.indicators
    return {
        "Indicateur": [one.label for one in found],
        "Demandé par": [", ".join(one.asked_by) or NONE for one in found],
        "Recommandé par": [", ".join(one.endorsed_by) or NONE for one in found],
        "État": [wording.STATE[one.state] for one in found],
        "Rémunéré": ["oui" if one.id in rules.paid else "non" for one in found],
    }


def ahead(falling: pa.Table) -> Columns:
    """Patients by indicator and delay, indicators with at least one."""
    rows = falling.to_pylist()
    delays = sorted({row["days"] for row in rows})
    counted = {(row["label"], row["days"]): row["patients"] for row in rows}
    labels = [label for label in dict.fromkeys(row["label"] for row in rows) if counted[label, delays[-1]]]
    columns = {
        f"Dans {round(days / 30.4)} mois": [wording.number(counted[label, days]) for label in labels] for days in delays
    }
    return {"Indicateur": labels} | columns
