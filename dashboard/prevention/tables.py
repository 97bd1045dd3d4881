"""Prevention as tables in words: the worklist, rates beside the country and the peers, who asks, what falls due."""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from calculators import french
from calculators.masking import masked_list
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import PeerRate, Rate
from calculators.prevention.worklist import Call, Falling
from calculators.records.identities import Called
from dashboard.prevention.in_words import contact
from dashboard.report import Rates
from dashboard.words import labels

Columns = dict[str, list[str]]
NONE = "–"


def beside(rates: Sequence[Rate], peers: Sequence[PeerRate]) -> Columns:
    """One row per indicator; peers are shown when at least five of them have a rate."""
    among = {one.indicator: one for one in peers}
    columns = {
        "Indicateur": [rate.label for rate in rates],
        "Concernés": [french.number(rate.concerned) for rate in rates],
        "Votre taux": [_percent(rate.rate) for rate in rates],
        "Pays": [_percent(rate.national_rate) for rate in rates],
    }
    if among:
        columns["Pairs : médiane (quartiles)"] = [_peers(among.get(rate.indicator)) for rate in rates]
    return columns


def _peers(one: PeerRate | None) -> str:
    if one is None:
        return NONE
    return f"{_percent(one.median)} ({french.number(one.low)} à {french.number(one.high)})"


def _percent(rate: float | None) -> str:
    return NONE if rate is None else french.percent(rate / 100)


GROUP = pa.schema(
    [
        ("Indicateur", pa.string()),
        *((name, pa.int64()) for name in ("Concernés", "À jour", "À faire", "Inconnus")),
        ("Taux (%)", pa.float64()),
    ]
)


def for_the_group(rates: Sequence[Rate]) -> pa.Table:
    """Columns of GROUP, without a number of 1 to 10 patients nor one that lets it be found: null. The rate is given only
    where both of its numbers are."""
    return pa.Table.from_pylist([_for_the_group(rate) for rate in rates], schema=GROUP)


def _for_the_group(rate: Rate) -> dict[str, object]:
    (done, due, unknown), concerned = masked_list([rate.up_to_date, rate.due, rate.unknown])
    told = done is not None and due is not None and rate.rate is not None
    return {
        "Indicateur": rate.label, "Concernés": concerned, "À jour": done, "À faire": due, "Inconnus": unknown,
        "Taux (%)": round(rate.rate, 1) if told and rate.rate is not None else None,
    }  # fmt: skip


def origins(rules: IndicatorSet) -> Columns:
    """Who asks for each indicator, who endorses it, its state, paid or not."""
    found = rules.indicators
    return {
        "Indicateur": [one.label for one in found],
        "Demandé par": [", ".join(one.asked_by) or NONE for one in found],
        "Recommandé par": [", ".join(one.endorsed_by) or NONE for one in found],
        "État": [labels.ADDED if one.id in rules.added else labels.STATE[one.state] for one in found],
        "Rémunéré": ["oui" if one.id in rules.paid else "non" for one in found],
    }


def ahead(falling: Sequence[Falling]) -> Columns:
    """Patients by indicator and delay, indicators with at least one."""
    delays = sorted({one.days for one in falling})
    counted = {(one.label, one.days): one.patients for one in falling}
    shown = [label for label in dict.fromkeys(one.label for one in falling) if counted[label, delays[-1]]]
    columns = {
        f"Dans {round(days / 30.4)} mois": [french.number(counted[label, days]) for label in shown] for days in delays
    }
    return {"Indicateur": shown} | columns


CALLS = pa.schema(
    [
        *(("Patient", pa.string()), ("Âge", pa.int32()), ("Sexe", pa.string()), ("ALD", pa.string())),
        *(("En un contact", pa.string()), ("À faire aujourd’hui", pa.list_(pa.string()))),
        *(
            ("Échu depuis (jours)", pa.int32()),
            ("À faire plus tard", pa.list_(pa.string())),
            ("Possible dès", pa.date32()),
        ),
        *(("Vu le", pa.date32()), ("Prochaine échéance", pa.date32())),
        *(("Inconnus", pa.list_(pa.string())), ("Refusés ou non applicables", pa.list_(pa.string()))),
    ]
)


def calls_table(calls: Sequence[Call], rules: IndicatorSet, wanted: Collection[str] = ()) -> pa.Table:
    """One row per patient, columns of CALLS, in the order given. Acts that are `wanted` are named first, then the one that
    lapsed longest ago; the days are those of the first act named."""
    names = {indicator.id: indicator.label for indicator in rules.indicators}
    return pa.Table.from_pylist([_call(call, rules, names, wanted) for call in calls], schema=CALLS)


def named(table: pa.Table, called: Mapping[str, Called]) -> pa.Table:
    """The list with the name of each patient first and his phone beside; his key goes last. For the screen alone."""
    mine = [called.get(key) for key in table["Patient"].to_pylist()]
    names = pa.array([one.name if one else "" for one in mine], pa.string())
    phones = pa.array([one.phone if one else "" for one in mine], pa.string())
    first = [("Nom", names), *((name, table[name]) for name in ("Âge", "Sexe")), ("Téléphone", phones)]
    return pa.table(
        dict(first) | {name: table[name] for name in table.column_names[3:]} | {"Patient": table["Patient"]}
    )


def _call(call: Call, rules: IndicatorSet, names: Mapping[str, str], wanted: Collection[str]) -> dict[str, object]:
    named = sorted(call.gap_ids, key=lambda name: name not in wanted)
    now, later = [one for one in named if one in call.now_ids], [one for one in named if one not in call.now_ids]
    days = dict(zip(call.gap_ids, call.gap_days, strict=True))
    return {
        "Patient": call.patient_id,
        "Âge": call.age,
        "Sexe": call.sex,
        "En un contact": _contact(call, rules),
        "À faire aujourd’hui": [names[name] for name in now],
        "À faire plus tard": [names[name] for name in later],
        "Possible dès": call.actionable_on,
        "Échu depuis (jours)": next((days[name] for name in now + later), None),
        "Vu le": call.last_seen_on,
        "Prochaine échéance": call.next_on,
        "ALD": ", ".join(map(str, call.ald)) if call.ald else ("" if call.ald_known else "non connue"),
        "Inconnus": [names[name] for name in call.unknown_ids],
        "Refusés ou non applicables": [names[name] for name in call.declined_ids],
    }


def _contact(call: Call, rules: IndicatorSet) -> str:
    if call.contact is None:
        return ""
    more = f" ({call.together} actes)" if call.together > 1 else ""
    return contact(call.contact, rules) + more


def reported(rates: Sequence[Rate]) -> Rates:
    """Indicators that concern somebody, for the printed page."""
    columns = ("Concernés", "À jour", "À faire", "Inconnus", "Taux")
    return Rates(columns, [(rate.label, _figures(rate)) for rate in rates if rate.concerned])


def _figures(rate: Rate) -> list[str]:
    counts = (rate.concerned, rate.up_to_date, rate.due, rate.unknown)
    return [french.number(n) for n in counts] + [_percent(rate.rate)]
