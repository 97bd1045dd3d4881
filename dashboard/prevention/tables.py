"""Prevention as tables in words: the worklist, rates beside the country and the peers, who asks, what falls due."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa

from calculators import french
from calculators.masking import masked_list
from calculators.prevention.assess import Verdict
from calculators.prevention.calling import TO_CALL, Called, State
from calculators.prevention.explain import in_short
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import MonthRate, PeerRate, Rate
from calculators.prevention.refused import Seen
from calculators.prevention.worklist import Call, Falling
from calculators.records.identities import Called as Named
from dashboard.prevention.in_words import contact
from dashboard.two_pages import Rates
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


SPARKLINES = pa.schema(
    [
        ("Indicateur", pa.string()),
        ("Douze mois", pa.list_(pa.float64())),
        *((name, pa.string()) for name in ("Au début", "À la fin", "Écart (points)")),
    ]
)


def sparklines(months: Sequence[MonthRate]) -> pa.Table:
    """Columns of SPARKLINES, one row per indicator that some month can judge, in the order given."""
    by_label: dict[str, list[float]] = {}
    for one in months:
        if one.rate is not None:
            by_label.setdefault(one.label, []).append(one.rate)
    return pa.Table.from_pylist([_sparkline(label, rates) for label, rates in by_label.items()], schema=SPARKLINES)


def _sparkline(label: str, rates: list[float]) -> dict[str, object]:
    first, last = (french.whole(rate) for rate in (rates[0], rates[-1]))
    return {
        "Indicateur": label,
        "Douze mois": [round(rate, 1) for rate in rates],
        "Au début": _percent(rates[0]),
        "À la fin": _percent(rates[-1]),
        "Écart (points)": f"{last - first:+d}".replace("-", "−") if last != first else "0",
    }


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


def shareable(rates: Sequence[Rate]) -> list[Rate]:
    """Those all of whose numbers may leave for a group."""
    told = for_the_group(rates).to_pylist()
    names = [name for name in GROUP.names if pa.types.is_integer(GROUP.field(name).type)]
    return [rate for rate, row in zip(rates, told, strict=True) if rate.concerned and None not in map(row.get, names)]


def grouped(rates: Sequence[Rate]) -> Rates:
    """The same as `for_the_group`, as text, indicators that concern somebody."""
    told = zip(rates, for_the_group(rates).to_pylist(), strict=True)
    columns = [name.removesuffix(" (%)") for name in GROUP.names[1:]]
    return Rates(columns, [(rate.label, _masked(row, rate)) for rate, row in told if rate.concerned])


MASKED = "masqué"


def _masked(row: Mapping[str, Any], whole: Rate) -> list[str]:
    """The rate is rounded once, from the `whole` one."""
    *counts, rate = (row[name] for name in GROUP.names[1:])
    numbers = [MASKED if count is None else french.number(count) for count in counts]
    return [*numbers, NONE if rate is None else _percent(whole.rate)]


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


PAPER = ("Patient", "Âge", "Sexe", "À faire aujourd’hui", "À faire plus tard", "Possible dès", "Vu le")


def called_on_paper(
    calls: Sequence[Call], rules: IndicatorSet, wanted: Collection[str], named: Mapping[str, Named]
) -> pa.Table:
    """The worklist as it is printed: columns of PAPER, with names and telephones while they are shown."""
    shown = calls_table(calls, rules, wanted).select(list(PAPER))
    if not named:
        return shown
    who = [named.get(call.patient_id) for call in calls]
    names = [one.name if one else call.patient_id for one, call in zip(who, calls, strict=True)]
    phones = pa.array([one.phone if one else "" for one in who], pa.string())
    return shown.set_column(0, "Patient", pa.array(names, pa.string())).add_column(1, "Téléphone", phones)


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


Line = dict[str, Any]
HEAD = ["Patient", "Pourquoi, puis les actes : aujourd’hui, plus tard", "Appel"]


def lines(
    calls: Sequence[Call],
    verdicts: Sequence[Verdict],
    rules: IndicatorSet,
    wanted: Collection[str],
    named: Mapping[str, Named],
    called: Mapping[str, Called],
    standing: Mapping[str, State],
    further: Mapping[str, list[dict[str, str]]] | None = None,
    refused: Mapping[tuple[str, str], Seen] | None = None,
) -> list[Line]:
    """The worklist as it is drawn, one per patient: who, the sentence of the first act, acts of today and of later, where
    the calls stand. `verdicts`: those of these patients; acts that are `wanted` come first; `further`: other reasons to
    call, by patient; `refused`: acts found that do not count, by patient and indicator."""
    due = {(one.patient_id, one.indicator): one for one in verdicts if one.status == "due"}
    return [
        _line(call, due, rules, wanted, named.get(call.patient_id), refused or {})
        | _called(called.get(call.patient_id), standing.get(call.patient_id, TO_CALL))
        | {"further": (further or {}).get(call.patient_id, [])}
        for call in calls
    ]


def _line(
    call: Call,
    due: Mapping[tuple[str, str], Verdict],
    rules: IndicatorSet,
    wanted: Collection[str],
    named: Named | None,
    refused: Mapping[tuple[str, str], Seen],
) -> Line:
    acts = [due[call.patient_id, one] for one in sorted(call.gap_ids, key=lambda name: name not in wanted)]
    today, later = (
        [one for one in acts if one.indicator in call.now_ids],
        [one for one in acts if one.indicator not in call.now_ids],
    )
    first = next(iter([*today, *later]), None)
    who = named.name if named else call.patient_id
    about = f"{french.count(call.age, 'an')}, {labels.SEX.get(call.sex, 'sexe non connu')}"
    return {
        "id": call.patient_id,
        "who": who,
        "about": about,
        "phone": named.phone or "" if named else "",
        "why": in_short(first, refused.get((first.patient_id, first.indicator))) if first else _nothing(call, rules),
        "today": [{"label": rules.indicator(one.indicator).label, "when": since(one, refused)} for one in today],
        "later": [{"label": rules.indicator(one.indicator).label, "when": not_before(one)} for one in later],
        "says": f"{who}, {about} : {french.count(len(today), 'acte possible', 'actes possibles')} aujourd’hui. "
        "Entrée ouvre le patient.",
    }


def since(row: Verdict, refused: Mapping[tuple[str, str], Seen]) -> str:
    """Since when this act is overdue."""
    if row.due_on:
        return f"échu depuis le {french.short_day(row.due_on)}"
    if row.last_on is None and (seen := refused.get((row.patient_id, row.indicator))):
        return f"celui du {french.short_day(seen.on)} ne compte pas"
    return "à compléter" if row.count else "jamais retrouvé"


def not_before(row: Verdict) -> str:
    """From when on an act that cannot be done today can be."""
    return f"dès le {french.short_day(row.actionable_on)}" if row.actionable_on else "période passée"


def _nothing(call: Call, rules: IndicatorSet) -> str:
    """Why a patient without anything due is shown."""
    for ids, said in (
        (call.unknown_ids, "Les données ne permettent pas de dire : {}."),
        (call.declined_ids, "Écarté : {}."),
    ):
        if ids:
            return said.format(french.listed([french.lower_first(rules.indicator(one).label) for one in ids]))
    return "Rien à faire d’après ces données."


def _called(called: Called | None, standing: State) -> Line:
    """Where the calls stand, who said so and when."""
    return {"state": standing, "said": call_said(called, standing)}


def call_said(called: Called | None, standing: State) -> str:
    """When the last state was noted and by whom; which one, when it holds no more. Empty when nothing was noted."""
    if called is None:
        return ""
    past = "" if called.state == standing else f"{labels.CALL[called.state]} "
    return f"{past}le {french.short_day(called.at.date())}, {called.by}"


def reported(rates: Sequence[Rate]) -> Rates:
    """Indicators that concern somebody, for the printed page."""
    columns = ("Concernés", "À jour", "À faire", "Inconnus", "Taux")
    return Rates(columns, [(rate.label, _figures(rate)) for rate in rates if rate.concerned])


def _figures(rate: Rate) -> list[str]:
    counts = (rate.concerned, rate.up_to_date, rate.due, rate.unknown)
    return [french.number(n) for n in counts] + [_percent(rate.rate)]
